/** Samples of every family, y ~ x | z, of experts that each prefer some z. */
import { type Stream, stream } from '@tfjs-moe/core';
import type { Sample } from '@tfjs-moe/estimators';
import { getFamily } from '@tfjs-moe/measures';

/** Experts on the scale of the outputs, an intercept and a slope for each of them, and their dispersions. */
const designs = {
  numbers: {
    experts: [[[2, 1.5]], [[-1, -1]], [[0.5, 0.25]]],
    dispersions: [0.4, 0.3, 0.5],
  },
  logarithms: {
    experts: [[[2, 0.6]], [[0.4, -0.5]], [[1.2, 0.1]]],
    dispersions: [6, 3, 9],
  },
  logits: {
    experts: [[[1.5, 1]], [[-1.5, -0.6]], [[0, 0.4]]],
    dispersions: [1, 1, 1],
  },
  classes: {
    experts: [
      [
        [2, 2],
        [0, -1],
      ],
      [
        [-2, 1],
        [1, 2],
      ],
      [
        [0, -2],
        [-1, 0.5],
      ],
    ],
    dispersions: [1, 1, 1],
  },
} as const;
const gates = [
  [0.3, 1.6],
  [-0.2, -1.4],
  [0, 0],
] as const;

/** A family, what is drawn from it, and the model of R that fits it where flexmix has one. */
export interface Design {
  readonly family: string;
  readonly design: {
    readonly experts: readonly (readonly (readonly [start: number, slope: number])[])[];
    readonly dispersions: readonly number[];
  };
  readonly trials?: number;
  readonly peer?: { readonly formula: string; readonly model: string };
}

export const families: readonly Design[] = [
  {
    family: 'gaussian',
    design: designs.numbers,
    peer: { formula: 'y ~ x', model: 'FLXMRglm()' },
  },
  {
    family: 'poisson',
    design: designs.logarithms,
    peer: { formula: 'y ~ x', model: 'FLXMRglm(family = "poisson")' },
  },
  {
    family: 'binomial',
    design: designs.logits,
    trials: 6,
    peer: { formula: 'cbind(y, trials - y) ~ x', model: 'FLXMRglm(family = "binomial")' },
  },
  { family: 'multinomial', design: designs.classes },
  { family: 'negativeBinomial', design: designs.logarithms },
  { family: 'gamma', design: designs.logarithms },
  { family: 'studentT', design: designs.numbers },
  { family: 'laplace', design: designs.numbers },
];

export interface Drawn {
  readonly x: readonly number[];
  readonly z: readonly number[];
  readonly data: Sample;
}

export function drawn(of: Design, experts: number, n: number, seed: number): Drawn {
  const random = stream(seed, 'bench', of.family);
  const { design, trials = 1 } = of;
  const x = Array.from({ length: n }, () => random.normal());
  const z = Array.from({ length: n }, () => random.normal());
  const response = x.map((value, i) => {
    const e = chosen(
      gates.slice(0, experts).map(([start, slope]) => start + slope * z[i]!),
      random,
    );
    const outputs = design.experts[e]!.map(([start, slope]) => start + slope * value);
    if (of.family === 'multinomial') return chosen([...outputs, 0], random);
    return getFamily(of.family).draw({ outputs, dispersion: design.dispersions[e]!, trials }, random);
  });
  const data = {
    inputs: x.map((value, i) => [value, z[i]!]),
    response,
    inputNames: ['x', 'z'],
    expertInputs: ['x'],
    gateInputs: ['z'],
    ...(trials > 1 && { trials: x.map(() => trials) }),
  };
  return { x, z, data };
}

/** An index by the softmax of some logits. */
export function chosen(logits: readonly number[], random: Stream): number {
  const noisy = logits.map((logit) => logit + random.gumbel());
  return noisy.indexOf(Math.max(...noisy));
}
