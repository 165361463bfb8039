/** A learned temperature on a linear router cannot be estimated; on a bounded router it can. */
import type { Study } from '../src/study/study.ts';

const fit = { estimator: 'leastSquares', atoms: 3, bound: 20, starts: 3 } as const;

export const study: Study = {
  name: 'temperature',
  title: 'A learned temperature: with a linear router nothing is estimated, with a bounded one everything',
  about: `Two tanh experts under a temperature gate, three fitted. With a linear router the temperature and the scores have a common scale that no sample shows: (b1, b0, tau) and c (b1, b0, tau) are the same function for every c.

What to see: the distance of the functions falls along n^-1/2 in both arms. The loss of the parameters, D4 without alignment, falls along n^-1/2 for the router tanh(b x) only; with the linear router it stays where the start left it.`,
  sizes: [100, 316, 1000, 3162, 10_000, 31_623],
  replicates: 40,
  seed: 1,
  quick: { sizes: [200, 800, 3200], replicates: 8 },
  arms: [
    {
      name: 'linear router',
      design: 'temperature-linear-router',
      fit,
      losses: ['D4:fixed', 'regression'],
      claims: [{ loss: 'D4:fixed', slope: 0, source: 'arXiv:2503.03213, Theorem 3: slower than any power' }],
    },
    {
      name: 'router tanh(b x)',
      design: 'temperature-tanh-router',
      fit,
      losses: ['D4:fixed', 'regression'],
      claims: [{ loss: 'D4:fixed', slope: -0.5, source: 'arXiv:2503.03213, Theorem 4' }],
    },
  ],
};
