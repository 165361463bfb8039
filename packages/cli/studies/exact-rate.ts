/** Maximum likelihood with the true number of experts: every parameter at the parametric rate. */
import type { Study } from '@tfjs-moe/cli';

export const study: Study = {
  name: 'exact-rate',
  title: 'The true number of experts: maximum likelihood estimates every parameter at rate n^-1/2',
  about: `Two crossing lines under a steep softmax gate, inputs on a grid (the design of arXiv:2305.03288), two experts fitted. The Voronoi loss sums the errors of weights, gates, lines and variances.

What to see: one line along the guide n^-1/2; the mean loss near 0.197 at n = 1000, 0.107 at 3162, 0.073 at 10000, 0.049 at 31623 and 0.018 at 100000 (true maxima of the likelihood, 40 samples per size, with standard deviations of 0.133, 0.079, 0.047, 0.035 and 0.013).`,
  sizes: [1000, 3162, 10_000, 31_623, 100_000],
  replicates: 40,
  seed: 1,
  quick: { sizes: [1000, 10_000], replicates: 24 },
  arms: [
    {
      name: 'two experts',
      design: 'demystifying-softmax-k2',
      fit: { estimator: 'maximumLikelihood', experts: 2, spread: 0.02 },
      losses: ['topKD1'],
      claims: [{ loss: 'topKD1', slope: -0.5, source: 'arXiv:2305.03288, Theorem 1' }],
    },
  ],
};
