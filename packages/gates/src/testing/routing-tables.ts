/**
 * A routing on plain arrays as named tables, which the suite of gates compares one by one.
 */
import type { ArrayValue, Routing, Stream } from '@tfjs-moe/core';
import { assertClose } from '@tfjs-moe/core/testing';

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
  const counts = first.data.map((_, i) =>
    choices.reduce((total, { data }) => total + (data[i] as number), 0),
  );
  return { ...first, data: counts };
}

/** Two routings whose tables must be equal, number by number. */
export function assertSame(actual: Routing<ArrayValue>, expected: Routing<ArrayValue>, what: string): void {
  const others = tables(expected);
  for (const [name, value] of tables(actual)) {
    assertClose(value.data, (others.get(name) as ArrayValue).data, `${what}: ${name}`, 0);
  }
}

/** A stream for evaluation: whoever draws from it fails. */
export const noNoise: Stream = {
  uniform: refuse,
  normal: refuse,
  gumbel: refuse,
  integer: refuse,
  permutation: refuse,
};

function refuse(): never {
  throw new Error('evaluation draws noise');
}
