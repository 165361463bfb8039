/** Two levels of gates: the rates of one level, for the same experts. */
import type { Study } from '../src/study/study.ts';

const fit = { estimator: 'leastSquares', atoms: 6, bound: 20, starts: 3 } as const;

export const study: Study = {
  name: 'hierarchical',
  title: 'Hierarchical gates: tanh experts are estimated, linear experts are not',
  about: `Two groups of two experts, two groups of three fitted by least squares.

What to see: the functions converge along n^-1/2 in both arms; D5 falls for tanh experts, while for linear experts it levels off, as under one softmax.`,
  sizes: [316, 1000, 3162, 10_000, 31_623],
  replicates: 30,
  seed: 1,
  quick: { sizes: [300, 1200], replicates: 6 },
  arms: [
    {
      name: 'tanh experts',
      design: 'hierarchical-tanh',
      fit,
      losses: ['D5', 'regression'],
      claims: [{ loss: 'D5', slope: -0.5, source: 'arXiv:2503.03213, Theorem 5' }],
    },
    {
      name: 'linear experts',
      design: 'hierarchical-linear',
      fit,
      losses: ['D5', 'regression'],
      claims: [{ loss: 'D5', slope: 0, source: 'arXiv:2503.03213, Theorem 6: slower than any power' }],
    },
  ],
};
