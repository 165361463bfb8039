import { stream } from '@tfjs-moe/core';
import { constant, ffn, linear } from '@tfjs-moe/experts';
import { softmax, temperature, topK } from '@tfjs-moe/gates';
import { measureFromJSON, measureToJSON } from '@tfjs-moe/measures';
import { normalCdf, normalQuantile } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  calibration,
  coefficients,
  expectedResponse,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  predictResponse,
  residuals,
  type Sample,
  standardErrors,
} from '../../src/index.ts';
import { firstCrossing } from '../../src/likelihood/climb/absolute/first-crossing.ts';
import { leastAbsolute } from '../../src/likelihood/climb/absolute/least-absolute.ts';
import { solveSquare } from '../../src/likelihood/climb/absolute/solve-square.ts';

const laplace = (random: ReturnType<typeof stream>) => Math.log(random.uniform() / random.uniform());

/** All subsets of so many of n rows. */
function* subsets(n: number, size: number, from = 0): Iterable<number[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i <= n - size; i++) for (const rest of subsets(n, size - 1, i + 1)) yield [i, ...rest];
}

/** The least sum of absolute deviations over all lines through so many rows as they have numbers. */
function leastOfAll(rows: readonly number[][], y: readonly number[], w: readonly number[]): number {
  let least = Infinity;
  for (const chosen of subsets(rows.length, rows[0]!.length)) {
    const at = solveSquare(
      chosen.map((i) => rows[i]!),
      chosen.map((i) => y[i]!),
    );
    if (at === undefined) continue;
    const sum = rows.reduce(
      (total, row, i) => total + w[i]! * Math.abs(y[i]! - row.reduce((h, x, j) => h + x * at[j]!, 0)),
      0,
    );
    least = Math.min(least, sum);
  }
  return least;
}

describe('least absolute deviations', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'are the best of all vertices, also of rounded rows: sample %i',
    (seed) => {
      const random = stream(seed, 'least absolute');
      const [n, size] = [12 + random.integer(8), 1 + random.integer(3)];
      const isRounded = seed % 2 === 1;
      const draw = () => (isRounded ? Math.round(2 * random.normal()) : random.normal());
      const rows = Array.from({ length: n }, () => [1, ...Array.from({ length: size - 1 }, draw)]);
      const y = rows.map(draw);
      const w = rows.map(() => (random.uniform() < 0.2 ? 0 : random.uniform()));
      const columns = Array.from({ length: size }, (_, j) => Float64Array.from(rows, (row) => row[j]!));
      const apart = Float64Array.from(rows, () => 1e-10 * random.normal());
      const start = Float64Array.from({ length: size }, () => random.normal());
      const found = leastAbsolute(
        { columns, target: Float64Array.from(y), weights: Float64Array.from(w) },
        apart,
        start,
      );
      const sum = rows.reduce(
        (total, row, i) => total + w[i]! * Math.abs(y[i]! - row.reduce((h, x, j) => h + x * found.at[j]!, 0)),
        0,
      );
      expect(sum).toBeCloseTo(leastOfAll(rows, y, w), 8);
      expect(found.active).toHaveLength(size);
    },
  );

  test('end at the weighted median of the kinks on a line', () => {
    const random = stream(1, 'crossing');
    for (let round = 0; round < 200; round++) {
      const n = 1 + random.integer(30);
      const places = Float64Array.from({ length: n }, () => random.integer(8));
      const jumps = Float64Array.from({ length: n }, () => random.uniform());
      const slope = -random.uniform() * n * 0.6;
      const sorted = [...places.keys()].sort((a, b) => places[a]! - places[b]!);
      let sum = slope;
      const wanted = sorted.find((i) => {
        sum += jumps[i]!;
        return sum >= 0;
      });
      const row = firstCrossing(places.slice(), jumps.slice(), Int32Array.from(places.keys()), n, slope);
      expect(row < 0 ? undefined : places[row]).toBe(wanted === undefined ? undefined : places[wanted]);
    }
  });
});

/** Two lines of x under Laplace noise, and a gate of z. */
function sample(n: number, seed = 1) {
  const random = stream(seed, 'laplace');
  const inputs = Array.from({ length: n }, () => [random.normal(), random.normal()]);
  const response = inputs.map(([x, z]) =>
    random.uniform() < 1 / (1 + Math.exp(-1.5 * z!))
      ? 2 + x! + 0.4 * laplace(random)
      : -1 + 0.4 * x! + 0.6 * laplace(random),
  );
  return {
    inputs,
    response,
    inputNames: ['x', 'z'],
    expertInputs: ['x'],
    gateInputs: ['z'],
  } satisfies Sample;
}

const model = { gate: softmax(), expert: linear(), experts: 2, family: 'laplace' };
const data = sample(300);
const fit = fitMaximumLikelihood({ ...model, data, starts: 3 });

/** Rows that an expert meets. */
function met({ measure }: MaximumLikelihoodFit, { inputs, response }: ReturnType<typeof sample>): number[] {
  const { kernel, bias } = measure.expertParams;
  return bias!.map(
    (start, e) => inputs.filter(([x], i) => Math.abs(response[i]! - start - kernel![e]! * x!) < 1e-9).length,
  );
}

test('one expert is least absolute deviations, with their likelihood and standard errors', () => {
  const inputs = data.inputs.slice(0, 40).map(([x, z]) => [x!, z!]);
  const response = data.response.slice(0, 40);
  const one = fitMaximumLikelihood({ ...model, experts: 1, data: { inputs, response } });
  const rows = inputs.map(([x, z]) => [1, x!, z!]);
  const b =
    leastOfAll(
      rows,
      response,
      response.map(() => 1),
    ) / 40;
  expect(one.logLikelihood).toBeCloseTo(-40 * (Math.log(2 * b) + 1), 9);
  expect(one.converged).toBe(true);
  expect(one.measure.dispersions![0]).toBeCloseTo(b, 9);
  // $b^2 (X^\top X)^{-1}$ of the coefficients but for what the scale shares with them.
  const slope = coefficients(one).find(({ name, part }) => name === 'x1' && part === 'expert')!.standardError;
  const column = inputs.map(([x]) => x!);
  const mean = column.reduce((sum, x) => sum + x / 40, 0);
  const square = column.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  expect(slope! / (b / Math.sqrt(square))).toBeGreaterThan(0.9);
  expect(slope! / (b / Math.sqrt(square))).toBeLessThan(1.1);
});

test('experts meet as many rows as they have coefficients, and gate and scales are at their maximum', () => {
  expect(fit.converged).toBe(true);
  expect(met(fit, data)).toEqual([2, 2]);
  expect(fit.gradientNorm).toBeLessThan(1e-8);
});

test('of two medians no pair of rows is likelier', () => {
  const random = stream(3, 'medians');
  const n = 24;
  const inputs = Array.from({ length: n }, () => [random.normal()]);
  const response = inputs.map((_, i) => (i % 2 === 0 ? 2 : -1) + 0.7 * laplace(random));
  const medians = { gate: softmax(), expert: constant(), experts: 2, family: 'laplace' };
  const few = { inputs, response, gateInputs: [] };
  const best = fitMaximumLikelihood({ ...medians, data: few, starts: 10 });
  let highest = -Infinity;
  for (const [a, b] of subsets(n, 2)) {
    highest = Math.max(highest, likeliest(response, response[a!]!, response[b!]!));
  }
  expect(best.logLikelihood).toBeGreaterThan(highest - 1e-7);
  expect(best.logLikelihood).toBeLessThan(highest + 1e-6);
});

/** The likelihood of two medians at the maximum in weight and scales, by EM from an even start. */
function likeliest(y: readonly number[], m: number, l: number): number {
  let [p, b, c] = [0.5, 0.7, 0.7];
  let value = -Infinity;
  for (let round = 0; round < 3000; round++) {
    const f = y.map((each) => (p / (2 * b)) * Math.exp(-Math.abs(each - m) / b));
    const g = y.map((each) => ((1 - p) / (2 * c)) * Math.exp(-Math.abs(each - l) / c));
    const next = f.reduce((sum, each, i) => sum + Math.log(each + g[i]!), 0);
    if (next - value < 1e-11) return next;
    value = next;
    const r = f.map((each, i) => each / (each + g[i]!));
    const size = r.reduce((sum, each) => sum + each, 0);
    p = size / y.length;
    b = Math.max(1e-3, r.reduce((sum, each, i) => sum + each * Math.abs(y[i]! - m), 0) / size);
    c = Math.max(
      1e-3,
      r.reduce((sum, each, i) => sum + (1 - each) * Math.abs(y[i]! - l), 0) / (y.length - size),
    );
  }
  return value;
}

test('the log-likelihood never falls, and other starts, units and orders of rows end at the same', () => {
  fit.history.slice(1).forEach((value, i) => {
    expect(value).toBeGreaterThanOrEqual(fit.history[i]! - 1e-9);
  });
  const again = fitMaximumLikelihood({ ...model, data, starts: 3, seed: 7 });
  expect(again.logLikelihood).toBeCloseTo(fit.logLikelihood, 7);
  const moved = {
    ...data,
    inputs: data.inputs.map(([x, z]) => [1000 + 50 * x!, z!]).reverse(),
    response: data.response.map((y) => 1e4 * y - 3).reverse(),
  };
  const other = fitMaximumLikelihood({ ...model, data: moved, starts: 3 });
  expect(other.logLikelihood + 300 * Math.log(1e4)).toBeCloseTo(fit.logLikelihood, 6);
  const [own, scaled] = [fit, other].map((each) => coefficients(each).find(({ name }) => name === 'x')!);
  expect(scaled!.value).toBeCloseTo(200 * own!.value, 5);
  expect(scaled!.standardError! / (200 * own!.standardError!)).toBeCloseTo(1, 5);
});

test('weights count rows, and rows of weight 0 are not met', () => {
  const twice = {
    ...data,
    inputs: [...data.inputs, ...data.inputs.slice(0, 50), [50, 0]],
    response: [...data.response, ...data.response.slice(0, 50), 1e3],
    weights: [...data.response.map(() => 1), ...Array.from({ length: 50 }, () => 1), 0],
  };
  const weighted = { ...data, weights: data.response.map((_, i) => (i < 50 ? 2 : 1)) };
  const [a, b] = [twice, weighted].map((each) => fitMaximumLikelihood({ ...model, data: each, starts: 3 }));
  expect(a!.logLikelihood).toBeCloseTo(b!.logLikelihood, 6);
});

describe('standard errors of the sandwich', () => {
  test('of one expert are those by the model over what a kernel leaves of the point of the law', () => {
    const n = 3000;
    const random = stream(6, 'kernel');
    const inputs = Array.from({ length: n }, () => [random.normal()]);
    const response = inputs.map(([x]) => x! + laplace(random));
    const one = fitMaximumLikelihood({ ...model, experts: 1, data: { inputs, response } });
    // Hall and Sheather's bandwidth, in scales: quartiles of the law are log 2 away from its median.
    const part = n ** (-1 / 3) * 1.96 ** (2 / 3) * (1.5 / (2 * Math.PI)) ** (1 / 3);
    const width = (2 * normalQuantile(0.5 + part) * 2 * Math.LN2) / 1.34;
    const left = 2 * Math.exp(width ** 2 / 2) * normalCdf(-width);
    const [observed, sandwich] = [standardErrors(one), standardErrors(one, 'sandwich')];
    const kinds = one.estimates.map(({ part: of }) => of);
    for (const i of [kinds.indexOf('expert'), kinds.lastIndexOf('expert')])
      expect(Math.abs((sandwich[i]! * left) / observed[i]! - 1)).toBeLessThan(0.06);
    const scale = kinds.indexOf('noise');
    expect(Math.abs(sandwich[scale]! / observed[scale]! - 1)).toBeLessThan(0.06);
  });

  test('of the gate agree with those by the model, where the model is right', () => {
    const many = fitMaximumLikelihood({ ...model, data: sample(3000, 2), starts: 1 });
    const [observed, sandwich] = [standardErrors(many), standardErrors(many, 'sandwich')];
    many.estimates.forEach(({ part, status }, i) => {
      if (part === 'gate' && status === 'estimated')
        expect(Math.abs(sandwich[i]! / observed[i]! - 1)).toBeLessThan(0.1);
    });
  });
});

test('everything after a fit goes by the family', () => {
  expect(measureFromJSON(measureToJSON(fit.measure)).family?.kind).toBe('laplace');
  expect(expectedResponse(fit, [[0, 9]])[0]).toBeCloseTo(2, 0);
  const quantiles = residuals(fit, data);
  const square = quantiles.reduce((sum, value) => sum + value ** 2 / quantiles.length, 0);
  expect(square).toBeGreaterThan(0.8);
  expect(square).toBeLessThan(1.2);
  expect(calibration(fit, data).error).toBeLessThan(0.1);
  expect(predictResponse(fit.measure, [[0, 0]]).mean).toHaveLength(1);
  expect(bootstrap(fit, data, { replicates: 2 }).failed).toBe(0);
});

test('coefficients may be shared or fixed, and an outlier moves next to nothing', () => {
  const equal = fitMaximumLikelihood({
    ...model,
    data,
    starts: 3,
    structure: { equal: ['x'], fixed: ['scale = 0.5'] },
  });
  expect(equal.converged).toBe(true);
  expect(met(equal, data).reduce((a, b) => a + b)).toBe(3);
  const slopes = equal.measure.expertParams.kernel!;
  expect(slopes[0]).toBe(slopes[1]);
  const wild = { ...data, response: data.response.map((y, i) => (i === 0 ? 25 : y)) };
  const robust = fitMaximumLikelihood({ ...model, data: wild, starts: 3 });
  const [a, b] = [robust, fit].map(({ measure }) => measure.expertParams.kernel!);
  a!.forEach((slope, e) => {
    expect(Math.abs(slope - b![e]!)).toBeLessThan(0.2);
  });
});

test('under any gate that weighs all experts', () => {
  const whole = { inputs: data.inputs.slice(0, 120), response: data.response.slice(0, 120) };
  const found = fitMaximumLikelihood({ ...model, gate: temperature(), data: whole, starts: 1 });
  expect(found.converged).toBe(true);
  found.history.slice(1).forEach((value, i) => {
    expect(value).toBeGreaterThanOrEqual(found.history[i]! - 1e-9);
  });
});

test('it is refused where experts bend or a gate selects', () => {
  expect(() => fitMaximumLikelihood({ ...model, data, expert: ffn({ hiddenUnits: [2] }) })).toThrow(
    'laplace noise is for experts that are linear',
  );
  expect(() => fitMaximumLikelihood({ ...model, data, gate: topK({ k: 1 }) })).toThrow(
    'gates that weigh all experts',
  );
});
