/** Gates that select all experts, whose comparisons decide nothing. */
import { ffn } from '@tfjs-moe/experts';
import { hierarchical, type softmax, topK } from '@tfjs-moe/gates';
import { mixingMeasure, predict } from '@tfjs-moe/measures';
import { columns, gridOps, jets } from '@tfjs-moe/numerics';
import { certificateToJSON, identifiability } from '@tfjs-moe/theory';
import { expect, test } from 'vitest';
import { denseOps } from '../../src/mixture/dense-ops.ts';
import { mixtureProgram } from '../../src/program/mixture-program.ts';
import { runProgram } from '../../src/program/program.ts';
import { drawnMixture } from '../mixtures.ts';

const tanh = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const number = (value: number) => ({ value, support: [], gradient: [], hessian: [] });

test('all of a tree is the tree', () => {
  const ask = (gate: ReturnType<typeof softmax>) =>
    identifiability({ gate, expert: tanh, inputDim: 1, experts: 4, budget: 300 }).firstOrder.verdict;
  const tree = hierarchical({ groups: 2 });
  expect(ask(topK({ k: 4, weighting: tree }))).toBe(ask(tree));
});

test.each([
  ['all of two', topK({ k: 2 }), 2],
  ['all of two, by scores', topK({ k: 2, biasInSelection: false }), 2],
  ['all of a tree', topK({ k: 4, weighting: hierarchical({ groups: 2 }) }), 4],
  ['a tree of all', hierarchical({ groups: 2, inner: topK({ k: 2 }) }), 4],
])('%s: the program by the routing is the function of the mixture', (_name, gate, experts) => {
  const of = drawnMixture(gate, tanh, 1, experts);
  const { steps, parameters, output } = mixtureProgram(of);
  const run = runProgram(
    steps,
    jets(columns, 0),
    [number(0.7)],
    parameters.map(({ value }) => number(value)),
  );
  expect(run[output]!.value).toBeCloseTo(predict(mixingMeasure(of), [[0.7]])[0]!, 12);
});

test('it has a certificate of first order', () => {
  const { verdict } = certificateToJSON({ gate: topK({ k: 2 }), expert: tanh, inputDim: 1, experts: 2 });
  expect(verdict).toBe('independent');
});

test('masks are those of one expert each, in every group', () => {
  const ops = denseOps(gridOps(jets(columns, 0)).within(2), 2);
  const scores = { experts: 4, rows: 1, features: 1, entries: [1, 2, 3, 4].map(number) };
  const masks = ops.topK(scores, 2).map(({ entries }) => entries.map(({ value }) => value));
  expect(masks).toEqual([
    [1, 0, 1, 0],
    [0, 1, 0, 1],
  ]);
  const zero = ops.greater(ops.constant(-1), scores);
  expect(zero.entries[0]!.value).toBe(0);
  expect(ops.greater(scores, ops.constant(-1)).entries[0]!.value).toBe(1);
});
