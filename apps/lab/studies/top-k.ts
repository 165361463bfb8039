/** How many experts must be selected when more are fitted than there are. */
import type { Study } from '../src/study/study.ts';

const theorem = 'arXiv:2309.13850';

export const study: Study = {
  name: 'top-k',
  title: 'Top-K gates: select enough experts, or the density is never found',
  about: `Two crossing lines, one per input (top-1). Fitted: two experts with one selected; three with two selected, as the rule K-bar >= max sum |A_j| asks; and three with one selected, below the rule.

What to see: the total variation falls along n^-1/2 in the first two arms. The rule says that the third cannot converge; it does where a duplicated or idle expert reproduces the truth, which top-1 of three can (a counterexample to the rule as a statement about the whole family; it is a rule for design, not a theorem about every fit).`,
  sizes: [316, 1000, 3162, 10_000, 31_623],
  replicates: 40,
  seed: 1,
  quick: { sizes: [300, 1200, 4800], replicates: 8 },
  arms: [
    {
      name: 'two experts, top-1',
      design: 'top-k-exact',
      fit: { estimator: 'maximumLikelihood', atoms: 2, spread: 0.02 },
      losses: ['totalVariation', 'topKD1'],
      claims: [{ loss: 'totalVariation', slope: -0.5, source: `${theorem}, Theorem 1` }],
    },
    {
      name: 'three experts, top-2',
      design: 'top-k-over',
      fit: {
        estimator: 'maximumLikelihood',
        atoms: 3,
        gate: { kind: 'topK', k: 2 },
        spread: 0.02,
        starts: 3,
      },
      losses: ['totalVariation'],
      claims: [{ loss: 'totalVariation', slope: -0.5, source: `${theorem}, Theorem 3` }],
    },
    {
      name: 'three experts, top-1',
      design: 'top-k-over',
      fit: {
        estimator: 'maximumLikelihood',
        atoms: 3,
        gate: { kind: 'topK', k: 1 },
        spread: 0.02,
        starts: 3,
      },
      losses: ['totalVariation'],
      claims: [
        {
          loss: 'totalVariation',
          slope: 0,
          source: `${theorem}, Proposition 1, below the rule`,
          remark: 'A duplicated expert reproduces the truth, so the rule is not sharp',
        },
      ],
    },
  ],
};
