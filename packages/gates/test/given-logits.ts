import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  type Gate,
  initialValues,
  mapNames,
  type Routing,
  type Stream,
  stream,
  tableOf,
} from '@tfjs-moe/core';
import { valuesOf } from '@tfjs-moe/core/testing';

export interface GivenLogits {
  readonly training?: boolean;
  readonly random?: Stream;
  /** 0 for padding, one per token. */
  readonly mask?: readonly number[];
  /** Side inputs of the gate. */
  readonly inputs?: Readonly<Record<string, ArrayValue>>;
  /** Number of sequences. */
  readonly sequences?: number;
  /** Parameters other than the initial ones. */
  readonly data?: Readonly<Record<string, readonly number[]>>;
}

/**
 * Routes with given router scores: the tokens are the rows of scores, and expert e's linear kernel picks feature e.
 */
export function routeLogits(
  gate: Gate,
  scores: readonly (readonly number[])[],
  { training = false, random, mask, sequences, inputs, data = {} }: GivenLogits = {},
): Routing<ArrayValue> {
  const experts = scores[0]?.length ?? 0;
  const specs = gate.params(experts, experts);
  const identity = Float64Array.from({ length: experts ** 2 }, (_, i) => (i % (experts + 1) === 0 ? 1 : 0));
  const initial = mapNames(specs, (spec, name) => {
    if (name === 'router/kernel') return identity;
    return Float64Array.from(
      Array.from({ length: spec.copies }, () => [...initialValues(spec, stream(0, name))]).flat(),
    );
  });
  const ops = arrayGateOps({
    ...(random && { random }),
    ...(mask && { mask }),
    ...(sequences && { sequences }),
  });
  return gate.route(ops, arrayInput(scores), valuesOf(specs, { ...initial, ...data }), {
    experts,
    training,
    ...(inputs && { inputs }),
  });
}

/** The indices of the experts in a routing's choices, one row per token. */
export function chosen({ choices }: Routing<ArrayValue>): number[][] {
  const tables = choices.map(tableOf);
  const tokens = tables[0]?.length ?? 0;
  return Array.from({ length: tokens }, (_, t) =>
    tables.map((table) => (table[t] ?? []).indexOf(1)).filter((expert) => expert >= 0),
  );
}

/** The weights of a routing's choices, one row per token, in the order of the choices. */
export function chosenWeights(routing: Routing<ArrayValue>): number[][] {
  const weights = tableOf(routing.weights);
  return chosen(routing).map((row, t) => row.map((expert) => weights[t]![expert]!));
}

/** A stream of given normal numbers. */
export function givenNormals(rows: readonly (readonly number[])[]): Stream {
  const numbers = rows.flat();
  let next = 0;
  return { ...stream(0), normal: () => numbers[next++]! };
}

/** Naive softmax, the oracle. */
export function softmaxOf(row: readonly number[]): number[] {
  const exps = row.map((z) => Math.exp(z - Math.max(...row)));
  const total = exps.reduce((sum, value) => sum + value, 0);
  return exps.map((value) => value / total);
}
