/** The regression function is estimated at the parametric rate, whether or not its parameters can be. */
import type { Study } from '@tfjs-moe/cli';

const claim = (source: string) => [{ loss: 'regression', slope: -0.5, source }];

export const study: Study = {
  name: 'regression-rate',
  title: 'Least squares estimate the regression function at rate n^-1/2',
  about: `Two true experts, three fitted. The distance of the fitted function to the true one should fall like n^-1/2 in every arm: for tanh experts, for linear experts (whose parameters cannot be recovered at all, as they are over-fitted), and under a sigmoid gate whose first atom does not depend on the input (regime 1).

What to see: parallel lines along the guide n^-1/2.`,
  sizes: [100, 316, 1000, 3162, 10_000],
  replicates: 40,
  seed: 1,
  quick: { sizes: [100, 1600], replicates: 12 },
  arms: [
    {
      name: 'softmax, tanh',
      design: 'least-squares-tanh',
      fit: { estimator: 'leastSquares', experts: 3 },
      losses: ['regression'],
      claims: claim('arXiv:2503.03213, equation (4)'),
    },
    {
      name: 'softmax, linear',
      design: 'least-squares-linear',
      fit: { estimator: 'leastSquares', experts: 3 },
      losses: ['regression'],
      claims: claim('arXiv:2503.03213, equation (4)'),
    },
    {
      name: 'sigmoid, linear, regime 1',
      design: 'sigmoid-linear-regime-1',
      fit: { estimator: 'leastSquares', experts: 3 },
      losses: ['regression'],
      claims: claim('arXiv:2405.13997, Theorem 1'),
    },
  ],
};
