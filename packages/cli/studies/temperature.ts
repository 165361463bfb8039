/** A learned temperature on a linear router cannot be estimated; on a bounded router it can. */
import type { Study } from '@tfjs-moe/cli';

const fit = { estimator: 'leastSquares', experts: 3, bound: 3, starts: 3, spread: 0.3 } as const;

export const study: Study = {
  name: 'temperature',
  title: 'A learned temperature: with a linear router it is never estimated, with a bounded one it is',
  about: `Two tanh experts of two inputs under a temperature gate, three fitted by least squares. With a linear router the temperature and the scores have a common scale that no sample shows: (b1, b0, tau) and c (b1, b0, tau) are the same function for every c, so that the estimate has the scale of its start. D4 is minimised over common shifts of the scores, not over that scale.

What to see: the distance of the functions falls along n^-1/2 in both arms. D4 falls along n^-1/2 with the router tanh(b.x) only; with the linear router it stays where the start left it, however large the sample.`,
  sizes: [100, 316, 1000, 3162],
  replicates: 24,
  seed: 1,
  quick: { sizes: [60, 400], replicates: 12 },
  arms: [
    {
      name: 'router b.x',
      design: 'temperature-linear-router',
      fit,
      losses: ['D4:shifts', 'regression'],
      claims: [
        { loss: 'D4:shifts', slope: 0, source: 'arXiv:2503.03213, Theorem 3: slower than any power' },
        { loss: 'regression', slope: -0.5, source: 'arXiv:2503.03213, equation (14)' },
      ],
    },
    {
      name: 'router tanh(b.x)',
      design: 'temperature-tanh-router',
      fit,
      losses: ['D4:shifts', 'regression'],
      claims: [
        { loss: 'D4:shifts', slope: -0.5, source: 'arXiv:2503.03213, Theorem 4' },
        { loss: 'regression', slope: -0.5, source: 'arXiv:2503.03213, section 3' },
      ],
    },
  ],
};
