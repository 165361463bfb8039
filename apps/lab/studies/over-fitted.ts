/** One expert too many: experts that are strongly identifiable are still estimated, linear and polynomial ones are not. */
import type { Arm, Study } from '../src/study/study.ts';

const theoremOne = 'arXiv:2503.03213, Theorem 1';
const theoremTwo = 'arXiv:2503.03213, Theorem 2: slower than any power';

/** Two experts of two inputs under a softmax gate, three fitted. */
function arm(name: string, expert: Arm['fit']['expert'], path: string, slope: number): Arm {
  return {
    name,
    truth: {
      gate: { kind: 'softmax' },
      expert: expert!,
      inputDim: 2,
      experts: 2,
      gateParams: { 'router/kernel': [1.5, -1, 0, 0], bias: [0.5, 0] },
      expertParams: { [`${path}kernel`]: [1.5, 1, -2, 1], [`${path}bias`]: [-1, 0.5] },
    },
    inputs: { kind: 'uniform', min: -3, max: 3 },
    noise: { kind: 'regression', standardDeviation: 0.1 },
    fit: { estimator: 'leastSquares', atoms: 3, bound: 20, starts: 3 },
    losses: ['D1', 'regression'],
    claims: [
      { loss: 'D1', slope, source: slope === 0 ? theoremTwo : theoremOne },
      { loss: 'regression', slope: -0.5, source: 'arXiv:2503.03213, equation (4)' },
    ],
  };
}

const ffn = (activation: string) => ({
  kind: 'ffn',
  hiddenUnits: [],
  outputWeights: false,
  activation,
});

export const study: Study = {
  name: 'over-fitted',
  title: 'One expert too many: which experts can still be estimated',
  about: `Two true experts of two inputs under a softmax gate, three fitted by least squares. D1 squares the errors of atoms that share a cell, so that it falls like n^-1/2 where Theorem 1 holds.

What to see: D1 falls along n^-1/2 for gelu experts, once n is large enough. For linear and polynomial experts it levels off: splitting an atom leaves the function exactly unchanged, and least squares has no reason to prefer the truth. The function itself is found at n^-1/2 in every arm.`,
  sizes: [316, 1000, 3162, 10_000, 31_623],
  replicates: 40,
  seed: 1,
  quick: { sizes: [400, 1600, 6400], replicates: 6 },
  arms: [
    arm('gelu(a.x + b)', ffn('gelu'), 'layer_1/', -0.5),
    arm('a.x + b', { kind: 'linear' }, '', 0),
    arm('(a.x + b)^2', { kind: 'polynomial', degree: 2 }, '', 0),
  ],
};
