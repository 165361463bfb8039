/** Two levels of gates: the rates of one level, for the same experts. */
import type { Study } from '@tfjs-moe/cli';

const fit = { estimator: 'leastSquares', experts: 6, bound: 3, starts: 3, spread: 0.5 } as const;
const noise = { kind: 'regression', standardDeviation: 0.001 } as const;
const theFunction = { loss: 'regression', slope: -0.5, source: 'arXiv:2503.03213, equation (22)' };

export const study: Study = {
  name: 'hierarchical',
  title: 'Hierarchical gates: tanh experts are estimated, linear experts are not',
  about: `Two groups of two experts of two inputs, two groups of three fitted by least squares.

What to see: the functions converge along n^-1/2 in both arms. D5 falls along n^-1/2 for tanh experts, while for linear experts it does not fall, as under one softmax.`,
  sizes: [316, 1000, 3162],
  replicates: 24,
  seed: 1,
  quick: { sizes: [300, 900], replicates: 6 },
  arms: [
    {
      name: 'tanh experts',
      design: 'hierarchical-tanh',
      noise,
      fit,
      losses: ['D5', 'regression'],
      claims: [{ loss: 'D5', slope: -0.5, source: 'arXiv:2503.03213, Theorem 5' }, theFunction],
    },
    {
      name: 'linear experts',
      design: 'hierarchical-linear',
      noise,
      fit,
      losses: ['D5', 'regression'],
      claims: [
        { loss: 'D5', slope: 0, source: 'arXiv:2503.03213, Theorem 6: slower than any power' },
        theFunction,
      ],
    },
  ],
};
