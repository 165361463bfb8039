/** ReLU experts: what becomes of them depends on whether the inputs reach their kinks. */
import type { Arm, Claim, Study } from '../src/study/study.ts';

const relu = { kind: 'ffn', hiddenUnits: [], outputWeights: false, activation: 'relu' };
const box: Arm['inputs'] = { kind: 'uniform', min: -2, max: 2 };

interface Case {
  readonly name: string;
  /** (a, b) of the first expert. */
  readonly first: readonly [number, number, number];
  readonly inputs?: Arm['inputs'];
  readonly experts?: number;
  /** The first expert in two halves of its mass, (a, b) times these factors, which add up to 2: the same function. */
  readonly halves?: readonly [number, number];
  readonly claim: Omit<Claim, 'loss'>;
}

/** Two experts of two inputs under a softmax; the second has its kink across the box. */
function arm({ name, first, inputs = box, experts = 2, halves, claim }: Case): Arm {
  const factors = halves ?? [1];
  return {
    name,
    truth: {
      gate: { kind: 'softmax' },
      expert: relu,
      inputDim: 2,
      experts: factors.length + 1,
      gateParams: {
        'router/kernel': [...factors.flatMap(() => [1.5, -1]), 0, 0],
        bias: [...factors.map(() => 0.5 - Math.log(factors.length)), 0],
      },
      expertParams: {
        'layer_1/kernel': [...factors.flatMap((c) => [c * first[0], c * first[1]]), -1.5, 1],
        'layer_1/bias': [...factors.map((c) => c * first[2]), 0.5],
      },
    },
    ...(inputs && { inputs }),
    noise: { kind: 'regression', standardDeviation: 0.005 },
    fit: { estimator: 'leastSquares', experts, bound: 3, starts: 3, spread: 0.2 },
    losses: ['D1', 'regression'],
    claims: [
      { loss: 'D1', ...claim },
      { loss: 'regression', slope: -0.5, source: 'arXiv:2503.03213, equation (4)' },
    ],
  };
}

const worst = 'counterexamples.scaleSplit: the same function';
const exact = 'our check: the first order is independent on the inputs';

export const study: Study = {
  name: 'relu-on-bounded-inputs',
  title: 'ReLU experts on bounded inputs',
  about: `Two ReLU experts of two inputs under a softmax gate. The theory asks for bounded inputs, and for a ReLU it matters where they end: an expert whose kink lies outside is a line there, or 0. In four arms two experts are fitted, and the first is crossed by its kink, always on, never on, or never on in the box but reached by normal inputs; in the last two three are fitted, once to a truth whose first expert is written as two.

What to see: an expert that is never on is not found at any size, and found when the inputs reach it; all others are found along n^-1/2 while their number is right. With one too many the loss may fall where nothing prefers another of the same functions, and does not where the truth is one of them.`,
  sizes: [100, 316, 1000, 3162],
  replicates: 24,
  seed: 1,
  quick: { sizes: [100, 800], replicates: 5 },
  arms: [
    arm({ name: 'kinks inside', first: [1.2, 0.8, -0.4], claim: { slope: -0.5, source: exact } }),
    arm({ name: 'always on', first: [0.5, 0.4, 2.2], claim: { slope: -0.5, source: exact } }),
    arm({
      name: 'never on',
      first: [0.5, 0.4, -2.4],
      claim: { slope: 0, source: 'our check: on the inputs its derivatives are 0' },
    }),
    arm({
      name: 'never on in the box, normal inputs',
      first: [0.5, 0.4, -2.4],
      inputs: { kind: 'normal', standardDeviation: 3 },
      claim: { slope: -0.5, source: exact },
    }),
    arm({
      name: 'three fitted, kinks inside',
      first: [1.2, 0.8, -0.4],
      experts: 3,
      claim: { slope: 0, source: worst, remark: 'The worst truth, which this is not' },
    }),
    arm({
      name: 'three fitted, the truth in halves',
      first: [1.2, 0.8, -0.4],
      experts: 3,
      halves: [1.4, 0.6],
      claim: { slope: 0, source: worst },
    }),
  ],
};
