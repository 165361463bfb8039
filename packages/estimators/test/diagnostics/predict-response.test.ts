/** Predictions of new responses against closed forms, the mixture's own distribution function, and draws. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { getFamily, type MixingMeasure, mixingMeasure, predict } from '@tfjs-moe/measures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { predictiveOf, tailsAt } from '../../src/diagnostics/predictive.ts';
import { predictResponse } from '../../src/index.ts';

const two = (family: string, dispersions?: readonly number[]): MixingMeasure =>
  mixingMeasure({
    gate: softmax(),
    expert: linear(),
    inputDim: 1,
    experts: 2,
    gateParams: { 'router/kernel': [2, 0], bias: [0.5, 0] },
    expertParams: { kernel: [1, -0.5], bias: [0.3, 1] },
    ...(dispersions && { dispersions }),
    ...(family !== 'gaussian' && { family: getFamily(family) }),
  });
const rows = [[-1], [0], [0.7], [3]];

test('of one Gaussian expert are those of the normal law', () => {
  const one = mixingMeasure({
    gate: softmax(),
    expert: linear(),
    inputDim: 1,
    experts: 1,
    gateParams: { 'router/kernel': [0], bias: [0] },
    expertParams: { kernel: [2], bias: [1] },
    dispersions: [0.5],
  });
  const { mean, standardDeviation, interval } = predictResponse(one, rows, { offset: [1, 0, 0, 0] });
  expect([...mean!]).toEqual([0, 1, 2.4, 7]);
  expect([...standardDeviation!]).toEqual([0.5, 0.5, 0.5, 0.5]);
  interval!.high.forEach((high, i) => {
    expect(high - mean![i]!).toBeCloseTo(0.5 * 1.959963984540054, 10);
  });
  interval!.low.forEach((low, i) => {
    expect(mean![i]! - low).toBeCloseTo(0.5 * 1.959963984540054, 10);
  });
});

describe.each<[string, readonly number[] | undefined, number | undefined]>([
  ['gaussian', [0.5, 2], undefined],
  ['studentT', [0.5, 2], undefined],
  ['gamma', [3, 0.7], undefined],
  ['poisson', undefined, undefined],
  ['negativeBinomial', [2, 0.5], undefined],
  ['binomial', undefined, 9],
])('of %s experts', (kind, dispersions, trials) => {
  const measure = two(kind, dispersions);
  const options = trials === undefined ? {} : { trials: rows.map(() => trials) };
  const family = measure.family ?? getFamily('gaussian');
  const law = predictiveOf('test', { measure, family }, rows, options);
  const found = predictResponse(measure, rows, { ...options, level: 0.8 });

  test('have the mean of the experts, by the weights of the gate', () => {
    found.mean!.forEach((mean, i) => {
      const [g, h] = [found.gate, found.expertMeans!].map((of) => [of[2 * i]!, of[2 * i + 1]!]) as [
        [number, number],
        [number, number],
      ];
      expect(g[0] + g[1]).toBeCloseTo(1, 14);
      expect(mean).toBeCloseTo(g[0] * h[0] + g[1] * h[1], 12);
    });
  });

  test('lie between the quantiles of the distribution function', () => {
    for (const [end, p] of [
      ['low', 0.1],
      ['high', 0.9],
    ] as const) {
      found.interval![end].forEach((y, i) => {
        const [below, at] = tailsAt(law, i, y);
        if (!family.isDiscrete) expect(below).toBeCloseTo(p, 9);
        else {
          expect(Number.isInteger(y)).toBe(true);
          expect(below + at).toBeGreaterThanOrEqual(p);
          expect(below).toBeLessThan(p);
        }
      });
    }
  });

  test('hold as many draws as they say', () => {
    const random = stream(7, kind);
    const n = 4000;
    for (const i of rows.keys()) {
      let inside = 0;
      let sum = 0;
      for (let draw = 0; draw < n; draw++) {
        const e = random.uniform() < found.gate[2 * i]! ? 0 : 1;
        const place = i * 2 + e;
        const own = {
          outputs: law.outputs.subarray(place, place + 1),
          dispersion: law.dispersions[e]!,
          trials: trials ?? 1,
        };
        const y = family.draw(own, random);
        sum += y;
        if (y >= found.interval!.low[i]! && y <= found.interval!.high[i]!) inside++;
      }
      // Of counts the interval holds more than 0.8; four standard errors.
      expect(inside / n).toBeGreaterThan(0.8 - 4 * Math.sqrt(0.16 / n));
      if (!family.isDiscrete) expect(inside / n).toBeLessThan(0.8 + 4 * Math.sqrt(0.16 / n));
      const error = found.standardDeviation![i]! / Math.sqrt(n);
      expect(Math.abs(sum / n - found.mean![i]!)).toBeLessThan(5 * error);
    }
  });
});

test('intervals are found wherever the experts are and however narrow', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -30, max: 30 }),
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: -12, max: 12 }),
      (centre, apart, size) => {
        const scale = 10 ** size;
        const measure = mixingMeasure({
          gate: softmax(),
          expert: linear(),
          inputDim: 1,
          experts: 2,
          gateParams: { 'router/kernel': [0, 0], bias: [1, 0] },
          expertParams: { kernel: [0, 0], bias: [centre * scale, (centre + apart) * scale] },
          dispersions: [scale, 3 * scale],
        });
        const { interval } = predictResponse(measure, [[0]], { level: 0.99 });
        const law = predictiveOf('test', { measure, family: getFamily('gaussian') }, [[0]], {});
        expect(tailsAt(law, 0, interval!.low[0]!)[0]).toBeCloseTo(0.005, 8);
        expect(tailsAt(law, 0, interval!.high[0]!)[2]).toBeCloseTo(0.005, 8);
      },
    ),
  );
});

test('of classes are probabilities; of least squares there is no law', () => {
  const classes = mixingMeasure({
    ...two('gaussian'),
    units: 3,
    expertParams: { kernel: [1, 0, -1, 0, 1, 2], bias: [0, 0, 0, 1, 0, 0] },
  });
  const { classes: found, mean, rows: n } = predictResponse(classes, rows);
  expect(mean).toBeUndefined();
  for (let i = 0; i < n; i++)
    expect(found!.subarray(3 * i, 3 * i + 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  const plain = predictResponse(two('gaussian'), rows);
  expect(plain.interval).toBeUndefined();
  plain.mean!.forEach((value, i) => {
    expect(value).toBeCloseTo(predict(two('gaussian'), rows)[i]!, 12);
  });
});

test('of an expert that a row is not sent to say nothing', () => {
  const measure = mixingMeasure({ ...two('gaussian', [1, 1]), gate: topK({ k: 1 }) });
  const { gate, mean, expertMeans } = predictResponse(measure, rows);
  rows.forEach((_, i) => {
    const chosen = gate[2 * i] === 1 ? 0 : 1;
    expect(mean![i]).toBe(expertMeans![2 * i + chosen]);
  });
});

test.each<[string, () => unknown]>([
  ['level must lie between 0 and 1', () => predictResponse(two('poisson'), rows, { level: 1 })],
  ['offset must have 4 numbers', () => predictResponse(two('poisson'), rows, { offset: [1] })],
  ['must be a mixing measure', () => predictResponse(null as never, rows)],
])('%s', (said, call) => {
  expect(call).toThrow(said);
});
