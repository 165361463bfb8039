/** One expert too many: experts that are strongly identifiable are still estimated, others need not be. */
import type { Arm, Study } from '../src/study/study.ts';

const theoremOne = 'arXiv:2503.03213, Theorem 1';
const theoremTwo = 'arXiv:2503.03213, Theorem 2: slower than any power';

interface Truth {
  readonly expert: NonNullable<Arm['fit']['expert']>;
  /** Where the expert keeps its kernel. */
  readonly path?: string;
  readonly slope: number;
  readonly remark?: string;
  /** The first atom in two halves, their a and b times these factors. */
  readonly halves?: readonly [number, number];
}

/** Two experts of two inputs under a softmax gate, three fitted. */
function arm(name: string, { expert, path = '', slope, remark, halves }: Truth): Arm {
  const factors = halves ?? [1];
  const [a, b] = [[1.5, 1], -1];
  return {
    name,
    truth: {
      gate: { kind: 'softmax' },
      expert,
      inputDim: 2,
      experts: factors.length + 1,
      gateParams: {
        'router/kernel': [...factors.flatMap(() => [1.5, -1]), 0, 0],
        bias: [...factors.map(() => 0.5 - Math.log(factors.length)), 0],
      },
      expertParams: {
        [`${path}kernel`]: [...factors.flatMap((factor) => a.map((value) => factor * value)), -2, 1],
        [`${path}bias`]: [...factors.map((factor) => factor * b), 0.5],
      },
    },
    inputs: { kind: 'uniform', min: -3, max: 3 },
    noise: { kind: 'regression', standardDeviation: 0.005 },
    fit: { estimator: 'leastSquares', experts: 3, bound: 3, starts: 3, spread: 0.5 },
    losses: ['D1', 'regression'],
    claims: [
      {
        loss: 'D1',
        slope,
        source: slope === 0 ? theoremTwo : theoremOne,
        ...(remark !== undefined && { remark }),
      },
      { loss: 'regression', slope: -0.5, source: 'arXiv:2503.03213, equation (4)' },
    ],
  };
}

const gelu = { kind: 'ffn', hiddenUnits: [], outputWeights: false, activation: 'gelu' };
const square = { kind: 'polynomial', degree: 2 };

export const study: Study = {
  name: 'over-fitted',
  title: 'One expert too many: which experts can still be estimated',
  about: `Two true experts of two inputs under a softmax gate, three fitted by least squares. D1 squares the errors of atoms that share a cell, so that it falls like n^-1/2 where Theorem 1 holds.

What to see: D1 falls along n^-1/2 for gelu experts. For linear experts it levels off: an atom splits into b + t and b - t with the function exactly unchanged, and least squares have no reason to prefer the truth. Squares of lines split too, into c (a, b) of different c. Theorem 2 speaks of the worst truth, which is one where an atom is split: there the loss levels off. Where the truth has two atoms, least squares come closer than the theorem promises. The function itself is found at n^-1/2 in every arm.`,
  sizes: [100, 316, 1000, 3162, 10_000],
  replicates: 24,
  seed: 1,
  quick: { sizes: [100, 800], replicates: 12 },
  arms: [
    arm('gelu(a.x + b)', { expert: gelu, path: 'layer_1/', slope: -0.5 }),
    arm('a.x + b', { expert: { kind: 'linear' }, slope: 0 }),
    arm('(a.x + b)^2', {
      expert: square,
      slope: 0,
      remark: 'The theorem is about the worst truth, which this is not',
    }),
    // Halves c and c' of one atom are the atom itself where c^2 + c'^2 = 2.
    arm('(a.x + b)^2, split', { expert: square, slope: 0, halves: [1.3, Math.sqrt(0.31)] }),
  ],
};
