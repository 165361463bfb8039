/** One expert too many: experts that are strongly identifiable are still estimated, linear and polynomial ones are not. */
import type { Study } from '../src/study/study.ts';

const fit = { estimator: 'leastSquares', atoms: 3, bound: 20, starts: 3 } as const;
const theoremOne = 'arXiv:2503.03213, Theorem 1';
const theoremTwo = 'arXiv:2503.03213, Theorem 2: slower than any power';

export const study: Study = {
  name: 'over-fitted',
  title: 'One expert too many: which experts can still be estimated',
  about: `Two true experts under a softmax gate, three fitted by least squares. D1 squares the errors of atoms that share a cell, so that it falls like n^-1/2 where Theorem 1 holds; D2 with r = 1 does not, and shows what is left of the parameters.

What to see: D1 falls along n^-1/2 for the sigmoid and tanh experts. For linear and polynomial experts it levels off: splitting an atom leaves the function exactly unchanged, and least squares has no reason to prefer the truth.`,
  sizes: [100, 316, 1000, 3162, 10_000, 31_623],
  replicates: 40,
  seed: 1,
  quick: { sizes: [200, 800, 3200], replicates: 10 },
  arms: [
    {
      name: 'sigmoid(ax + b)',
      design: 'least-squares-ridge',
      fit,
      losses: ['D1', 'regression'],
      claims: [{ loss: 'D1', slope: -0.5, source: theoremOne }],
    },
    {
      name: 'tanh(ax + b)',
      design: 'least-squares-tanh',
      fit,
      losses: ['D1', 'regression'],
      claims: [{ loss: 'D1', slope: -0.5, source: theoremOne }],
    },
    {
      name: 'ax + b',
      design: 'least-squares-linear',
      fit,
      losses: ['D1', 'regression'],
      claims: [{ loss: 'D1', slope: 0, source: theoremTwo }],
    },
    {
      name: '(ax + b)^2',
      design: 'least-squares-polynomial',
      fit,
      losses: ['D1', 'regression'],
      claims: [{ loss: 'D1', slope: 0, source: theoremTwo }],
    },
  ],
};
