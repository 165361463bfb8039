/**
 * A routing on plain arrays as named tables, which the suite of gates compares one by one.
 */
import { type ArrayValue, type Routing, type Stream, tableOf } from '@tfjs-moe/core';
import { assert, assertClose } from '@tfjs-moe/core/testing';

/** Every table of a routing under its name. */
export function tables(routing: Routing<ArrayValue>): Map<string, ArrayValue> {
  const { logits, scores, probabilities, weights, choices, load } = routing;
  const named = new Map(Object.entries({ logits, scores, probabilities, weights, ...(load && { load }) }));
  choices.forEach((choice, i) => {
    named.set(`choice ${i + 1}`, choice);
  });
  return named;
}

/** The sum of the masks: 1 for a selected expert if they are disjoint. */
export function selectedBy(choices: readonly ArrayValue[]): ArrayValue {
  const [first] = choices as readonly [ArrayValue];
  const counts = first.data.map((_, i) => choices.reduce((total, { data }) => total + data[i]!, 0));
  return { ...first, data: counts };
}

/** Two routings whose tables must be equal, number by number. */
export function assertSame(actual: Routing<ArrayValue>, expected: Routing<ArrayValue>, what: string): void {
  const others = tables(expected);
  for (const [name, value] of tables(actual)) {
    assertClose(value.data, others.get(name)!.data, `${what}: ${name}`, 0);
  }
}

/** The same for all tokens but one. */
export function assertSameBut(
  token: number,
  actual: Routing<ArrayValue>,
  expected: Routing<ArrayValue>,
): void {
  const others = tables(expected);
  for (const [name, value] of tables(actual)) {
    const rest = (table: ArrayValue) => tableOf(table).filter((_, t) => t !== token);
    assertClose(rest(value).flat(), rest(others.get(name)!).flat(), `${name} of the other tokens`, 0);
  }
}

/** Whether two routings of numbers differ in one of the numbers of a token. */
export function differ(a: Routing<ArrayValue>, b: Routing<ArrayValue>, token: number): boolean {
  const others = tables(b);
  return [...tables(a)].some(([name, value]) => {
    const other = tableOf(others.get(name)!)[token]!;
    return tableOf(value)[token]!.some((entry, e) => entry !== other[e]);
  });
}

/** Whether one of the numbers of a token is NaN. */
export function hasNaN(table: ArrayValue, token: number): boolean {
  return tableOf(table)[token]!.some(Number.isNaN);
}

/** Masks of 0 and 1 that are disjoint. */
export function assertMasks(choices: readonly ArrayValue[]): void {
  const zeroOrOne = (entry: number) => entry === 0 || entry === 1;
  for (const mask of [...choices, selectedBy(choices)])
    assert(mask.data.every(zeroOrOne), 'the masks of a token of NaN are not disjoint masks of 0 and 1');
}

/** A stream for evaluation: whoever draws from it fails. */
export const noNoise: Stream = {
  uniform: refuse,
  normal: refuse,
  gumbel: refuse,
  uniforms: refuse,
  normals: refuse,
  gumbels: refuse,
  integer: refuse,
  permutation: refuse,
  below: refuse,
};

function refuse(): never {
  throw new Error('evaluation draws noise');
}
