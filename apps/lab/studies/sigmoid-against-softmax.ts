/** Sigmoid and softmax gates on the same data, in both regimes. */
import type { Arm, Study } from '../src/study/study.ts';

const source = 'arXiv:2405.13997, Theorem 1';

/** The same samples fitted under both gates: the true one, and softmax. */
function both(family: 'relu' | 'linear', regime: 1 | 2): Arm[] {
  return (['sigmoid', 'softmax'] as const).map((kind) => ({
    name: `${kind}, ${family}, regime ${regime}`,
    design: `sigmoid-${family}-regime-${regime}`,
    fit: { estimator: 'leastSquares', atoms: 3, gate: { kind }, bound: 20, starts: 3 },
    losses: ['regression'],
    ...(kind === 'sigmoid' && regime === 1 && { claims: [{ loss: 'regression', slope: -0.5, source }] }),
  }));
}

export const study: Study = {
  name: 'sigmoid-against-softmax',
  title: 'Sigmoid and softmax gates on the same data, in both regimes',
  about: `The truth has a sigmoid gate with two experts; three are fitted under a sigmoid gate and under a softmax gate, to the same samples. In regime 1 one true atom has a gate that does not depend on the input, so that two fitted atoms can share it; in regime 2 none has.

What to see: in regime 1 the sigmoid fit finds the function at rate n^-1/2. The other fits are misspecified, three sigmoid atoms in regime 2 as much as any softmax: they converge to the closest mixture of their family, so their distance to the truth must level off. With these truths that distance is small, and the levelling shows at large n only.`,
  sizes: [100, 316, 1000, 3162, 10_000, 31_623],
  replicates: 40,
  seed: 1,
  quick: { sizes: [200, 800, 3200], replicates: 6 },
  arms: [...both('relu', 1), ...both('linear', 1), ...both('relu', 2), ...both('linear', 2)],
};
