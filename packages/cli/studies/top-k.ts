/** How many experts must be selected when more are fitted than there are. */
import type { Study } from '@tfjs-moe/cli';

const theorem = 'arXiv:2309.13850';

const fit = { estimator: 'maximumLikelihood', spread: 0.02, maxIterations: 200 } as const;

export const study: Study = {
  name: 'top-k',
  title: 'Top-K gates: whether enough experts are selected',
  about: `Two crossing lines, one per input (top-1). Fitted by maximum likelihood: two experts with one selected; three with two selected, as the rule K-bar >= max sum |A_j| asks; and three with one selected, below the rule.

What to see: the total variation falls along n^-1/2 in the first two arms. The rule says that the third cannot converge. It does: a duplicated or idle expert reproduces the truth, which top-1 of three can have. As a statement about a whole family the rule is not sharp.`,
  sizes: [100, 316, 1000, 3162],
  replicates: 24,
  seed: 1,
  quick: { sizes: [150, 1200], replicates: 8 },
  arms: [
    {
      name: 'two experts, top-1',
      design: 'top-k-exact',
      fit: { ...fit, experts: 2 },
      losses: ['totalVariation', 'experts'],
      claims: [
        { loss: 'totalVariation', slope: -0.5, source: `${theorem}, Theorem 1` },
        { loss: 'experts', slope: -0.5, source: `${theorem}, the loss D1 of the exact case` },
      ],
    },
    {
      name: 'three experts, top-2',
      design: 'top-k-over',
      fit: { ...fit, experts: 3, gate: { kind: 'topK', k: 2 } },
      losses: ['totalVariation', 'experts'],
      claims: [{ loss: 'totalVariation', slope: -0.5, source: `${theorem}, Theorem 3` }],
    },
    {
      name: 'three experts, top-1',
      design: 'top-k-over',
      fit: { ...fit, experts: 3, gate: { kind: 'topK', k: 1 } },
      losses: ['totalVariation', 'experts'],
      claims: [
        {
          loss: 'totalVariation',
          slope: 0,
          source: `${theorem}, Proposition 1, below the rule`,
          remark: 'A duplicated or idle expert reproduces the truth: the rule is not sharp',
        },
      ],
    },
  ],
};
