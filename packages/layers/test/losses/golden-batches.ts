/**
 * The batches of golden.py as routings, and the value of a loss on them in both interpretations. Probabilities, choices
 * and weights are numbers here, so that no gate takes part.
 */
import * as tf from '@tensorflow/tfjs-core';
import { arrayGateOps, arrayTable, type BalanceLoss, type Routing, stream } from '@tfjs-moe/core';
import { assertClose } from '@tfjs-moe/core/testing';
import golden from '../../../gates/test/golden/golden-moe.json' with { type: 'json' };
import { tokenOps } from '../../src/interpretation/token-ops.ts';

/** A routing as tables of numbers. */
export type Tables = Routing<number[][]>;

/** Batch A: gates as V-MoE's tests have them, top 1. */
export const batchA: Tables = gateTables([
  [0.5, 0.4, 0.1],
  [0.3, 0.3, 0.4],
  [0.1, 0.2, 0.7],
  [0.8, 0.2, 0],
]);

/** Batch B: six tokens, four experts, top 2. */
const logitsB = [
  [2, 1, 0.1, -1],
  [1.5, 1.4, -0.5, 0],
  [0.2, 2.2, 0.3, 0.1],
  [-1, 0, 1, 2],
  [3, -1, 0.5, 0.4],
  [0.6, 0.5, 0.4, 0.3],
];
export const batchB: Tables = {
  logits: logitsB,
  scores: logitsB,
  probabilities: logitsB.map(softmaxOf),
  choices: [0, 1].map((level) => golden.B_topk_idx.map((row) => oneHotOf(row[level]!, 4))),
  weights: golden['B_mixtral_weights(pre-softmax,topk,renorm)'].map((weights, t) =>
    oneHotOf(0, 4).map((_, e) => weights[golden.B_topk_idx[t]?.indexOf(e) ?? -1] ?? 0),
  ),
};

/** Checks the value of a loss on plain arrays and on tensors. */
export function expectValue(loss: BalanceLoss, tables: Tables, expected: number): void {
  const { tokens, experts, expertsPerToken } = sizesOf(tables);
  const context = { experts, expertsPerToken };
  const float64 = loss.value(arrayGateOps(), lifted(tables, arrayTable), context).data[0]!;
  assertClose([float64], [expected], `${loss.kind} on arrays`, 1e-9);
  tf.tidy(() => {
    const routing = lifted(tables, (table) => tf.tensor(table.flat(), [tokens, experts, 1]));
    const value = loss.value(tokenOps({ random: stream(0) }), routing, context);
    assertClose(value.dataSync(), [expected], `${loss.kind} on tensors`, 1e-5);
  });
}

/** Every table of a routing as a value of an interpretation. */
export function lifted<V>(tables: Tables, lift: (table: number[][]) => V): Routing<V> {
  const { logits, scores, probabilities, choices, weights, load } = tables;
  return {
    logits: lift(logits),
    scores: lift(scores),
    probabilities: lift(probabilities),
    choices: choices.map(lift),
    weights: lift(weights),
    ...(load && { load: lift(load) }),
  };
}

function sizesOf({ logits, choices }: Tables) {
  return { tokens: logits.length, experts: logits[0]?.length ?? 0, expertsPerToken: choices.length };
}

/** A dense gate's routing with the first choice of each token as its only one. */
export function gateTables(gates: number[][]): Tables {
  const choice = gates.map((row) => oneHotOf(row.indexOf(Math.max(...row)), row.length));
  return { logits: gates, scores: gates, probabilities: gates, choices: [choice], weights: gates };
}

function oneHotOf(hot: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (i === hot ? 1 : 0));
}

function softmaxOf(row: readonly number[]): number[] {
  const exps = row.map(Math.exp);
  const total = exps.reduce((sum, value) => sum + value, 0);
  return exps.map((value) => value / total);
}
