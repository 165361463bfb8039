import { defineExpert, defineGate } from '@tfjs-moe/core';
import {
  gaussian,
  type MixingMeasure,
  measureParts,
  mixingMeasure,
  withAtoms,
  withChanged,
} from '@tfjs-moe/measures';
import { measureOutput } from '@tfjs-moe/measures/testing';
import { describe, expect, test } from 'vitest';

const gate = defineGate('measureTestSoftmax', () => ({
  config: {},
  params: (inputDim, experts) => ({
    kernel: { shape: [inputDim, 1], initializer: { kind: 'zeros' }, copies: experts },
    bias: { shape: [1], initializer: { kind: 'zeros' }, copies: experts },
  }),
  expertsPerToken: (experts) => experts,
  route(ops, x, p) {
    const logits = ops.affine(x, p.kernel!, p.bias!);
    const weights = ops.softmax(logits);
    return { logits, probabilities: weights, weights, isDense: true } as never;
  },
}))();
const expert = defineExpert('measureTestLine', () => ({
  config: {},
  params: (inputDim, units) => ({ kernel: { shape: [inputDim, units], initializer: { kind: 'zeros' } } }),
  apply: (ops, x, p) => ops.affine(x, p.kernel!),
}))();

const of: MixingMeasure = {
  gate,
  expert,
  inputDim: 2,
  units: 2,
  experts: 2,
  gateParams: { kernel: [1, -1, 0.5, 0.25], bias: [0.5, -0.5] },
  expertParams: { kernel: [1, 2, 3, 4, -1, 0, 2, 0.5] },
};
const rows = [
  [0.3, -1],
  [2, 0.7],
];

/** The same by hand: softmax of the logits times each expert's matrix. */
function byHand([a, b]: number[]): number[] {
  const z = [a! - b! + 0.5, 0.5 * a! + 0.25 * b! - 0.5].map(Math.exp);
  const w = z.map((v) => v / (z[0]! + z[1]!));
  return [w[0]! * (a! + 3 * b!) + w[1]! * (-a! + 2 * b!), w[0]! * (2 * a! + 4 * b!) + w[1]! * 0.5 * b!];
}

describe('mixing measure', () => {
  test('evaluates weights and outputs of several units', () => {
    const output = measureOutput(of, rows);
    for (const [i, value] of rows.flatMap(byHand).entries()) expect(output[i]).toBeCloseTo(value, 13);
    const { weights, outputs } = measureParts(of, rows);
    expect(weights).toHaveLength(4);
    expect(outputs).toHaveLength(8);
    expect(measureOutput(of, [])).toEqual([]);
  });

  test('takes atoms apart', () => {
    const swapped = withAtoms(of, [1, 0]);
    expect(measureOutput(swapped, rows)).toEqual(measureOutput(of, rows));
    expect(withAtoms({ ...of, dispersions: [3, 4] }, [1, 0, 1]).dispersions).toEqual([4, 3, 4]);
    expect(withAtoms({ ...of, dispersions: [3] }, [1, 0, 1]).dispersions).toEqual([3]);
    const several = {
      ...of,
      family: gaussian(),
      covariances: [
        [1, 0, 1],
        [4, 1, 2],
      ],
    };
    expect(withAtoms(several, [1, 1]).covariances).toEqual([
      [4, 1, 2],
      [4, 1, 2],
    ]);
    const changed = withChanged(of, 'expert', 'kernel', 1, (value, i) => (i === 3 ? value + 1 : value));
    expect(changed.expertParams.kernel).toEqual([1, 2, 3, 4, -1, 0, 2, 1.5]);
  });

  test.each([
    ['gate', { gate: expert }, 'gate must be a gate'],
    ['numbers', { expertParams: { kernel: [1] } }, 'expertParams must have 8 numbers under "kernel"'],
    ['not finite', { gateParams: { ...of.gateParams, bias: [Number.NaN, 0] } }, 'must be finite'],
    ['deviations', { dispersions: [1, 2, 3] }, 'dispersions must be 1 or 2 numbers'],
    ['deviation', { dispersions: [1, 0] }, 'dispersions must be positive and finite'],
  ])('refuses a wrong %s', (_, change, message) => {
    expect(() => mixingMeasure({ ...of, ...change } as unknown as MixingMeasure)).toThrow(message);
  });
});
