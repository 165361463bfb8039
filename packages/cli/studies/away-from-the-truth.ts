/** Starts that know nothing of the truth, and six truths in place of one. */
import { stream } from '@tfjs-moe/core';
import type { Arm, Study } from '../src/study/study.ts';

const theoremOne = 'arXiv:2503.03213, Theorem 1';
const theoremTwo = 'arXiv:2503.03213, Theorem 2: slower than any power';

/** Two experts of two inputs under a softmax whose lines, drawn, are at least 2 apart; the same numbers for every expert. */
function truths(expert: NonNullable<Arm['fit']['expert']>, path: string): NonNullable<Arm['truths']> {
  return Array.from({ length: 6 }, (_, t) => {
    const random = stream(t, 'away-from-the-truth');
    const draw = (count: number, most: number) =>
      Array.from({ length: count }, () => Math.round(100 * most * (2 * random.uniform() - 1)) / 100);
    const distance = (atoms: readonly number[][]) =>
      Math.hypot(...atoms[0]!.map((value, i) => value - atoms[1]![i]!));
    let atoms = [draw(3, 2), draw(3, 2)];
    while (distance(atoms) < 2) atoms = [draw(3, 2), draw(3, 2)];
    return {
      gate: { kind: 'softmax' },
      expert,
      inputDim: 2,
      experts: 2,
      gateParams: { 'router/kernel': [...draw(2, 2), 0, 0], bias: [...draw(1, 0.5), 0] },
      expertParams: {
        [`${path}kernel`]: atoms.flatMap(([a, b]) => [a!, b!]),
        [`${path}bias`]: atoms.map((atom) => atom[2]!),
      },
    };
  });
}

interface Family {
  readonly label: string;
  readonly expert: NonNullable<Arm['fit']['expert']>;
  readonly path: string;
  readonly slope: number;
}

function arms({ label, expert, path, slope }: Family): Arm[] {
  return (['near', 'draws'] as const).map((from) => ({
    name: `${label}, ${from === 'near' ? 'starts near the truth' : 'starts drawn from the data'}`,
    panel: `${label} experts`,
    truths: truths(expert, path),
    inputs: { kind: 'uniform', min: -3, max: 3 },
    noise: { kind: 'regression', standardDeviation: 0.005 },
    fit: {
      estimator: 'leastSquares',
      experts: 3,
      bound: 3,
      from,
      ...(from === 'near' ? { starts: 3, spread: 0.5 } : { starts: 12 }),
    },
    losses: ['D1', 'regression'],
    claims: [
      { loss: 'D1', slope, source: slope === 0 ? theoremTwo : theoremOne },
      { loss: 'regression', slope: -0.5, source: 'arXiv:2503.03213, equation (4)' },
    ],
  }));
}

export const study: Study = {
  name: 'away-from-the-truth',
  title: 'Starts away from the truth, and more than one truth',
  about: `Two true experts of two inputs under a softmax gate, three fitted by least squares; six truths whose parameters are drawn, which the samples of a size share in turn. In one arm of each expert fits start near the truth, in the other where the estimator draws them from the data. Intervals are over truths and samples.

What to see: whether the slopes of both arms agree, so that the rate is the estimator's and not the start's; and how far the truths are from each other.`,
  sizes: [100, 316, 1000],
  replicates: 18,
  seed: 1,
  quick: { sizes: [100, 400], replicates: 6 },
  arms: [
    ...arms({
      label: 'gelu',
      expert: { kind: 'ffn', hiddenUnits: [], outputWeights: false, activation: 'gelu' } as Family['expert'],
      path: 'layer_1/',
      slope: -0.5,
    }),
    ...arms({ label: 'linear', expert: { kind: 'linear' }, path: '', slope: 0 }),
  ],
};
