/**
 * The criterion against experiments without derivatives: an atom split in two at a small distance, the difference of the
 * functions explained as well as possible by moving all other parameters (finite differences, least squares).
 */
import { type Expert, type Gate, paramSize, stream } from '@tfjs-moe/core';
import { constant, ffn, linear, polynomial } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { type MixingMeasure, measureSpecs, mixingMeasure, withAtoms, withChanged } from '@tfjs-moe/measures';
import { measureOutput } from '@tfjs-moe/measures/testing';
import { leastSquares, matrixOf, paramLabels, transpose } from '@tfjs-moe/numerics';
import { identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const draw = stream(21, 'split');
const rows = Array.from({ length: 120 }, () => [draw.normal(), draw.normal()]);
const ridge = (activation: 'gelu' | 'tanh' | 'relu') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });

/** What of the split of atom 1 along a direction is left, per point, when the rest has done what it can. */
function leftOver(of: MixingMeasure, vector: Readonly<Record<string, number>>, distance = 1e-3): number {
  const output = measureOutput(of, rows);
  let split = withAtoms(of, [0, 0, 1]);
  for (const [place, sign] of [
    [0, 1],
    [1, -1],
  ] as const) {
    split = withChanged(split, 'gate', 'bias', place, (value) => value - Math.LN2);
    for (const [label, u] of Object.entries(vector)) {
      const [, part, name] = /^(gate|expert)\/(.*)\[/.exec(label) as unknown as [
        string,
        'gate' | 'expert',
        string,
      ];
      const own = paramLabels({ [name]: { ...measureSpecs(of)[part][name]!, copies: 1 } });
      const index = own.indexOf(label.replace(/^\w+\//, '').replace(/#\d+$/, ''));
      split = withChanged(
        split,
        part,
        name,
        place,
        (value, i) => value + (i === index ? sign * distance * u : 0),
      );
    }
  }
  const second = measureOutput(split, rows).map((value, i) => (value - output[i]!) / distance ** 2);
  const residual = leastSquares(transpose(matrixOf(slopes(of))), second, 1e-7).residualNorm;
  return residual / Math.sqrt(rows.length);
}

/** Central differences in every parameter. */
function slopes(of: MixingMeasure): number[][] {
  const step = 1e-5;
  return (['gate', 'expert'] as const).flatMap((part) =>
    Object.entries(measureSpecs(of)[part]).flatMap(([name, spec]) =>
      Array.from({ length: of.experts * paramSize(spec) }, (_, i) => {
        const moved = (by: number) =>
          measureOutput(
            withChanged(of, part, name, Math.floor(i / paramSize(spec)), (value, k) =>
              k === i % paramSize(spec) ? value + by : value,
            ),
            rows,
          );
        const [above, below] = [moved(step), moved(-step)];
        return above.map((value, n) => (value - below[n]!) / (2 * step));
      }),
    ),
  );
}

function asked(gate: Gate, expert: Expert) {
  const shape = { gate, expert, inputDim: 2, experts: 2 };
  const answer = identifiability({ gate, expert, inputDim: 2, experts: 2 });
  return { of: mixingMeasure({ ...shape, ...answer.parameters }), answer };
}

describe('a split along a null direction leaves nothing of second order', () => {
  test.each([
    ['linear', linear()],
    ['constant', constant()],
    ['polynomial', polynomial({ degree: 2 })],
    ['relu', ridge('relu')],
    ['output weights', ffn({ hiddenUnits: 1, activation: 'gelu' })],
  ] as const)('%s', (_name, expert) => {
    const { of, answer } = asked(softmax(), expert);
    if (answer.secondOrder.verdict !== 'dependent') throw new Error(answer.secondOrder.verdict);
    expect(leftOver(of, answer.secondOrder.direction.vector)).toBeLessThan(1e-4);
  });
});

describe('where there is none, every split leaves something', () => {
  test.each([
    ['gelu', ridge('gelu')],
    ['tanh', ridge('tanh')],
  ] as const)('%s', (_name, expert) => {
    const { of, answer } = asked(softmax(), expert);
    expect(answer.secondOrder.verdict).toBe('independent');
    const labels = ['gate/router/kernel[0]#0', 'gate/router/kernel[1]#0', 'expert/layer_1/kernel[0,0]#0'];
    labels.push('expert/layer_1/kernel[1,0]#0', 'expert/layer_1/bias[0]#0');
    for (let trial = 0; trial < 12; trial++) {
      const vector = labels.map((label) => [label, draw.normal()] as const);
      const length = Math.hypot(...vector.map(([, u]) => u));
      const unit = Object.fromEntries(vector.map(([label, u]) => [label, u / length]));
      expect(leftOver(of, unit)).toBeGreaterThan(1e-3);
    }
  });

  test('relu: a bias that moves the kink is no null direction, though its second derivative is 0 almost everywhere', () => {
    const { of } = asked(softmax(), ridge('relu'));
    const [far, near] = [0.2, 0.05].map((t) => leftOver(of, { 'expert/layer_1/bias[0]#0': 1 }, t));
    expect(far).toBeGreaterThan(0.1);
    // Of order t^(-1/2), not bounded.
    expect(near).toBeGreaterThan(1.3 * far!);
  });
});
