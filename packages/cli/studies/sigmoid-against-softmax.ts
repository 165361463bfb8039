/** Sigmoid and softmax gates with the same experts, inputs and noise, in both regimes. */
import type { Arm, Study } from '../src/study/study.ts';

const paper = 'arXiv:2405.13997, Table 1';
const squareRoot = 'arXiv:2405.13997, Theorem 1';

type Kind = 'sigmoid' | 'softmax';
interface Family {
  readonly label: string;
  readonly expert: { readonly kind: string };
  readonly path: string;
}

const gelu: Family = {
  label: 'gelu',
  expert: { kind: 'ffn', hiddenUnits: [], outputWeights: false, activation: 'gelu' } as Family['expert'],
  path: 'layer_1/',
};
const line: Family = { label: 'linear', expert: { kind: 'linear' }, path: '' };

/** Two experts of two inputs under the gate; in regime 1 the first one's weight does not depend on the input. */
function truth(kind: Kind, { expert, path }: Family, regime: 1 | 2): NonNullable<Arm['truth']> {
  return {
    gate: { kind },
    expert,
    inputDim: 2,
    experts: 2,
    gateParams: { 'router/kernel': regime === 1 ? [0, 0, 2, -1] : [-1, 1.5, 1.2, 1], bias: [0.5, -0.5] },
    expertParams: { [`${path}kernel`]: [1.5, 1, -2, 1], [`${path}bias`]: [-1, 0.5] },
  };
}

const shared = {
  inputs: { kind: 'uniform', min: -3, max: 3 },
  noise: { kind: 'regression', standardDeviation: 0.005 },
} as const;
const fit = { estimator: 'leastSquares', experts: 3, bound: 3, starts: 3, spread: 0.3 } as const;

/** Each gate fitted to samples of which it is the truth: the same inputs, noise and experts. */
function both(
  family: Family,
  regime: 1 | 2,
  slopes: Readonly<Record<Kind, number>>,
  remarks: Readonly<Partial<Record<Kind, string>>> = {},
): Arm[] {
  return (['sigmoid', 'softmax'] as const).map((kind) => ({
    name: `${kind}, ${family.label}, regime ${regime}`,
    panel: `${family.label} experts, regime ${regime}`,
    truth: truth(kind, family, regime),
    ...shared,
    fit,
    losses: ['experts', 'regression'],
    claims: [
      {
        loss: 'experts',
        slope: slopes[kind],
        source: paper,
        ...(remarks[kind] !== undefined && { remark: remarks[kind] }),
      },
      { loss: 'regression', slope: -0.5, source: squareRoot },
    ],
  }));
}

export const study: Study = {
  name: 'sigmoid-against-softmax',
  title: 'Sigmoid and softmax gates: how fast the experts are found',
  about: `Two true experts of two inputs, three fitted by least squares, under a sigmoid gate and under a softmax gate. Both truths have the same parameters, inputs and noise, and each gate is fitted to its own truth. The loss compares experts alone, so that gates can be compared: the distance from every true expert to the nearest fitted one. In regime 1 the weight of the first expert does not depend on the input, so that two fitted sigmoid atoms can share it; in regime 2 all weights do.

What to see: in regime 2 the experts under a sigmoid gate are found along n^-1/2, and closer than those under a softmax gate at every n; linear experts under a softmax gate are hardly found at all. In regime 1 the two gates are alike. The last figure fits both gates to the samples of the sigmoid truth: a softmax is then misspecified, and its distance to the function levels off.`,
  sizes: [100, 316, 1000, 3162],
  replicates: 20,
  seed: 1,
  quick: { sizes: [100, 800], replicates: 8 },
  arms: [
    ...both(gelu, 1, { sigmoid: -0.25, softmax: -0.25 }),
    ...both(gelu, 2, { sigmoid: -0.5, softmax: -0.25 }),
    ...both(
      line,
      2,
      { sigmoid: -0.5, softmax: 0 },
      {
        sigmoid: 'Two sigmoid atoms with one gate add, so that a fit may find other lines with the same sum',
      },
    ),
    ...(['sigmoid', 'softmax'] as const).map(
      (kind): Arm => ({
        name: `${kind} fitted to a sigmoid truth`,
        panel: 'the same samples',
        truth: truth('sigmoid', gelu, 2),
        ...shared,
        fit: { ...fit, gate: { kind } },
        losses: ['regression'],
      }),
    ),
  ],
};
