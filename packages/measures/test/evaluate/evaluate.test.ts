import { ffn, linear } from '@tfjs-moe/experts';
import { sigmoid, softmax, topK } from '@tfjs-moe/gates';
import { measureParts } from '@tfjs-moe/measures';
import { measureOutput } from '@tfjs-moe/measures/testing';
import { describe, expect, test } from 'vitest';
import { expertMeans, gateProbabilities, predict, responsibilities } from '../../src/index.ts';
import { randomMeasure, randomRows } from '../measures.ts';

describe('a measure at some inputs', () => {
  const rows = randomRows(3000);
  const measure = randomMeasure(topK({ k: 2 }), ffn({ hiddenUnits: 2, activation: 'gelu' }), { units: 3 });

  test('is what the naive interpretation says, block by block', () => {
    const { weights, outputs } = measureParts(measure, rows);
    expectClose(predict(measure, rows), measureOutput(measure, rows));
    expectClose(gateProbabilities(measure, rows), weights);
    expectClose(expertMeans(measure, rows), outputs);
  });

  test('does not listen to an expert that a row is not sent to', () => {
    const overflowing = {
      ...randomMeasure(
        topK({ k: 1 }),
        ffn({ hiddenUnits: [], activation: 'softplus', outputWeights: false }),
        {
          inputDim: 1,
          experts: 2,
        },
      ),
      gateParams: { 'router/kernel': [0, 0], bias: [1, 0] },
      expertParams: { 'layer_1/kernel': [1, 1e308], 'layer_1/bias': [0, 1e308] },
    };
    expect(expertMeans(overflowing, [[10]])[1]).toBe(Infinity);
    const weight = 1 / (1 + Math.exp(-1));
    expect(predict(overflowing, [[10]])[0]).toBeCloseTo(weight * Math.log1p(Math.exp(10)), 12);
  });

  test('takes no rows', () => expect(predict(measure, []).length).toBe(0));

  test('refuses rows that do not fit', () => {
    expect(() => predict(measure, [[1]])).toThrow('predict: row 0 must have 2 numbers. Received: 1.');
    expect(() =>
      predict(measure, [
        [1, 2],
        [1, Number.NaN],
      ]),
    ).toThrow('row 1 must hold finite numbers');
  });
});

describe('responsibilities', () => {
  const rows = randomRows(50);
  const response = rows.map(([a, b]) => a! - 2 * b!);

  test.each([
    ['own', [0.5, 1, 2]],
    ['common', [0.7]],
  ])("are Bayes' theorem, with %s standard deviations", (_, dispersions) => {
    for (const gate of [softmax(), sigmoid(), topK({ k: 2 })]) {
      const measure = { ...randomMeasure(gate, linear(), { experts: 3 }), dispersions };
      const actual = responsibilities(measure, { inputs: rows, response });
      const { weights, outputs } = measureParts(measure, rows);
      rows.forEach((__, i) => {
        const joint = [0, 1, 2].map((e) => {
          const s = dispersions[e] ?? dispersions[0]!;
          return (weights[i * 3 + e]! / s) * Math.exp(-(((response[i]! - outputs[i * 3 + e]!) / s) ** 2) / 2);
        });
        const total = joint.reduce((a, b) => a + b);
        joint.forEach((value, e) => {
          expect(actual[i * 3 + e]).toBeCloseTo(value / total, 10);
        });
      });
    }
  });

  test('survive an observation far from every expert', () => {
    const measure = { ...randomMeasure(softmax(), linear(), { experts: 3 }), dispersions: [0.1] };
    const actual = responsibilities(measure, { inputs: [[0, 0]], response: [1e6] });
    expect(actual.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test('need densities', () => {
    const measure = randomMeasure(softmax(), linear());
    expect(() => responsibilities(measure, { inputs: rows, response })).toThrow('must have dispersions');
    expect(() =>
      responsibilities({ ...measure, dispersions: [1] }, { inputs: [[1]], response: [1] }),
    ).toThrow('row 0 must have 2 numbers');
  });
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(1e-11 * Math.max(1, Math.abs(expected[i]!)));
  }
}
