import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { type MixingMeasure, measureParts, predict, withChanged } from '@tfjs-moe/measures';
import { measureOutput } from '@tfjs-moe/measures/testing';
import { describe, expect, test } from 'vitest';
import { type SimulateOptions, simulate } from '../../src/index.ts';

/** Two Gaussian linear experts on the line, softmax gate. */
const twoLines: MixingMeasure = {
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [2, 0], bias: [-0.5, 0] },
  expertParams: { kernel: [1, -1], bias: [0, 5] },
  dispersions: [0.1, 0.5],
};
const uniform = { kind: 'uniform', min: -1, max: 2 } as const;
const base: SimulateOptions = {
  measure: twoLines,
  inputs: uniform,
  noise: { kind: 'experts' },
  n: 40,
  seed: 3,
};

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

describe('the numbers of a row depend on seed and row alone', () => {
  const models: [string, Partial<SimulateOptions>][] = [
    ['Gaussian experts', {}],
    ['regression', { noise: { kind: 'regression', standardDeviation: 0.3 } }],
    ['normal inputs', { inputs: { kind: 'normal', mean: 1, standardDeviation: 2 } }],
    ['given rows', { inputs: { kind: 'rows', rows: Array.from({ length: 5000 }, (_, i) => [i / 100]) } }],
  ];
  test.each(models)('%s', (_, change) => {
    const long = simulate({ ...base, ...change, n: 5000 });
    for (const n of [1, 40, 2048, 2049]) {
      const short = simulate({ ...base, ...change, n });
      expect(short.inputs).toEqual(long.inputs.slice(0, n));
      expect(short.response).toEqual(long.response.slice(0, n));
      expect(short.components).toEqual(long.components?.slice(0, n));
    }
    expect(simulate({ ...base, ...change, n: 40, seed: 4 }).response).not.toEqual(long.response.slice(0, 40));
  });
});

test('uniform and normal inputs have their laws, and rows are independent', () => {
  const n = 20_000;
  const two: MixingMeasure = {
    ...twoLines,
    inputDim: 2,
    gateParams: { 'router/kernel': [2, 0, 0, 0], bias: [-0.5, 0] },
    expertParams: { kernel: [1, -1, 0, 0], bias: [0, 5] },
  };
  const column = (rows: number[][], d: number) => rows.map((row) => row[d]!);
  const box = simulate({ ...base, measure: two, inputs: { kind: 'uniform', min: [-1, 0], max: [2, 10] }, n });
  const bell = simulate({
    ...base,
    measure: two,
    inputs: { kind: 'normal', mean: [3, 0], standardDeviation: [2, 0] },
    n,
  });
  const first = column(box.inputs, 0);
  // Kolmogorov and Smirnov: 1.95 / sqrt(n) is passed once in a thousand samples.
  const ordered = [...first]
    .sort((a, b) => a - b)
    .map((value, i) => Math.abs((value + 1) / 3 - (i + 0.5) / n));
  expect(Math.max(...ordered)).toBeLessThan(1.95 / Math.sqrt(n));
  expect(Math.max(...column(box.inputs, 1))).toBeGreaterThan(9.99);
  const lagged = mean(first.slice(1).map((value, i) => (value - 0.5) * (first[i]! - 0.5))) / 0.75;
  const across = mean(first.map((value, i) => (value - 0.5) * (box.inputs[i]![1]! - 5)));
  expect(Math.abs(lagged)).toBeLessThan(4 / Math.sqrt(n));
  expect(Math.abs(across / Math.sqrt(0.75 * (100 / 12)))).toBeLessThan(4 / Math.sqrt(n));
  expect(mean(column(bell.inputs, 0))).toBeCloseTo(3, 1);
  expect(deviation(column(bell.inputs, 0))).toBeCloseTo(2, 1);
  expect(new Set(column(bell.inputs, 1))).toEqual(new Set([0]));
});

test('a grid reaches from end to end', () => {
  const grid = (n: number) => simulate({ ...base, inputs: { kind: 'grid' }, n }).inputs.flat();
  expect(grid(5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(grid(1)).toEqual([0]);
  expect(simulate({ ...base, inputs: { kind: 'grid', min: -2, max: 2 }, n: 3 }).inputs.flat()).toEqual([
    -2, 0, 2,
  ]);
});

describe('regression', () => {
  const kernel = { 'router/kernel': [2, 0], bias: [-0.5, 0] };
  const expert = ffn({ hiddenUnits: [], outputWeights: false, activation: 'tanh' });
  const tanh = { 'layer_1/kernel': [2, -1], 'layer_1/bias': [0.3, 0.7] };
  const truth = { ...twoLines, expert, expertParams: tanh };
  const h = (x: number) => [Math.tanh(2 * x + 0.3), Math.tanh(-x + 0.7)] as const;
  const logistic = (z: number) => 1 / (1 + Math.exp(-z));

  // Every model of the theory against its formula, written out for two experts on the line.
  const models: [string, MixingMeasure, (x: number) => number][] = [
    ['softmax', truth, (x) => h(x)[0] * logistic(2 * x - 0.5) + h(x)[1] * logistic(-2 * x + 0.5)],
    [
      'temperature',
      { ...truth, gate: temperature(), gateParams: { ...kernel, temperature: [4] } },
      (x) => h(x)[0] * logistic((2 * x - 0.5) / 4) + h(x)[1] * logistic((-2 * x + 0.5) / 4),
    ],
    [
      'general router',
      {
        ...truth,
        gate: temperature({ router: mlpRouter({ hiddenUnits: [] }) }),
        gateParams: { 'router/layer_1/kernel': [2, 0], bias: [-0.5, 0], temperature: [0.5] },
      },
      (x) => {
        const z = (Math.tanh(2 * x) - 0.5) / 0.5;
        return h(x)[0] * logistic(z) + h(x)[1] * logistic(-z);
      },
    ],
    [
      'sigmoid',
      { ...truth, gate: sigmoid() },
      (x) => h(x)[0] * logistic(2 * x - 0.5) + h(x)[1] * logistic(0),
    ],
    [
      'top-1 by the full logit',
      { ...truth, gate: topK({ k: 1 }) },
      (x) => (2 * x - 0.5 >= 0 ? h(x)[0] * logistic(2 * x - 0.5) : h(x)[1] * logistic(-2 * x + 0.5)),
    ],
    [
      'top-1 without the bias in the selection',
      { ...truth, gate: topK({ k: 1, biasInSelection: false }) },
      (x) => (x >= 0 ? h(x)[0] * logistic(2 * x - 0.5) : h(x)[1] * logistic(-2 * x + 0.5)),
    ],
    [
      'hierarchical',
      {
        ...truth,
        gate: hierarchical({ groups: 1 }),
        gateParams: {
          'outer/router/kernel': [7],
          'outer/bias': [3],
          'inner/router/kernel': [2, 0],
          'inner/bias': [-0.5, 0],
        },
      },
      (x) => h(x)[0] * logistic(2 * x - 0.5) + h(x)[1] * logistic(-2 * x + 0.5),
    ],
  ];
  test.each(models)('%s has its mean', (_, measure, formula) => {
    const noise = { kind: 'regression', standardDeviation: 0 } as const;
    const { inputs, response, components } = simulate({ ...base, measure, noise, n: 60 });
    inputs.forEach(([x], i) => {
      expect(response[i]).toBeCloseTo(formula(x!), 12);
    });
    expect(components).toBeUndefined();
  });

  test('a mean is summed in the order of the experts, so that a seed keeps its last digits', () => {
    const noise = { kind: 'regression', standardDeviation: 0 } as const;
    const { inputs, response } = simulate({ ...base, measure: truth, noise, n: 200 });
    expect(response).toEqual(measureOutput(truth, inputs));
  });

  test('the noise is normal with the standard deviation asked for, and independent of the inputs', () => {
    const noise = { kind: 'regression', standardDeviation: 0.3 } as const;
    const { inputs, response } = simulate({ ...base, measure: truth, noise, n: 20_000 });
    const means = predict(truth, inputs);
    const residuals = response.map((y, i) => (y - means[i]!) / 0.3);
    expect(Math.abs(mean(residuals))).toBeLessThan(4 / Math.sqrt(20_000));
    expect(deviation(residuals)).toBeCloseTo(1, 1);
    expect(mean(residuals.map((r) => r ** 4))).toBeCloseTo(3, 0);
    expect(Math.abs(mean(residuals.map((r, i) => r * (inputs[i]![0]! - 0.5))))).toBeLessThan(0.03);
  });
});

describe('Gaussian experts', () => {
  test('components follow the gate, responses their expert', () => {
    const { inputs, response, components = [] } = simulate({ ...base, n: 20_000 });
    const { weights, outputs } = measureParts(twoLines, inputs);
    // Counts of expert 0 where its weight is low, middling and high.
    for (const [low, high] of [
      [0, 0.3],
      [0.3, 0.7],
      [0.7, 1],
    ] as const) {
      const rows = inputs.map((_, i) => i).filter((i) => low <= weights[2 * i]! && weights[2 * i]! < high);
      const expected = rows.reduce((sum, i) => sum + weights[2 * i]!, 0);
      const spread = Math.sqrt(rows.reduce((sum, i) => sum + weights[2 * i]! * (1 - weights[2 * i]!), 0));
      const count = rows.filter((i) => components[i] === 0).length;
      expect(rows.length).toBeGreaterThan(1000);
      expect(Math.abs(count - expected)).toBeLessThan(4 * spread);
    }
    for (const expert of [0, 1]) {
      const residuals = response.flatMap((y, i) =>
        components[i] === expert ? [y - outputs[2 * i + expert]!] : [],
      );
      expect(deviation(residuals) / twoLines.dispersions![expert]!).toBeCloseTo(1, 1);
      expect(Math.abs(mean(residuals))).toBeLessThan(0.03);
    }
  });

  test('one standard deviation serves all experts', () => {
    const shared = { ...twoLines, dispersions: [0.2] };
    const { inputs, response, components = [] } = simulate({ ...base, measure: shared, n: 4000 });
    const { outputs } = measureParts(shared, inputs);
    expect(deviation(response.map((y, i) => y - outputs[2 * i + components[i]!]!))).toBeCloseTo(0.2, 1);
  });

  test('a sparse gate draws from what it selects', () => {
    const measure = { ...twoLines, gate: topK({ k: 1 }) };
    const { inputs, components } = simulate({ ...base, measure, n: 500 });
    expect(components).toEqual(inputs.map(([x]) => (2 * x! - 0.5 >= 0 ? 0 : 1)));
  });

  test('sigmoid weights are probabilities only when normalised', () => {
    expect(() => simulate({ ...base, measure: { ...twoLines, gate: sigmoid() } })).toThrow(
      '[tfjs-moe] simulate: an expert can only be drawn where the weights of sigmoid sum to 1, as those of ' +
        'sigmoid({ normalize: true }) do. Received: ',
    );
    const measure = { ...twoLines, gate: sigmoid({ normalize: true }) };
    const { inputs, components = [] } = simulate({ ...base, measure, n: 10_000 });
    const { weights } = measureParts(measure, inputs);
    const expected = mean(inputs.map((_, i) => weights[2 * i]!));
    expect(mean(components.map((z) => 1 - z))).toBeCloseTo(expected, 1);
  });
});

test('classes are drawn from the softmax of the outputs of the expert', () => {
  const measure: MixingMeasure = {
    ...twoLines,
    units: 3,
    // The first expert says 1 : e : e^2 everywhere, the second always class 0.
    expertParams: { kernel: [0, 0, 0, 0, 0, 0], bias: [0, 1, 2, 1000, 0, 0] },
  };
  const { response, components = [] } = simulate({ ...base, measure, noise: { kind: 'classes' }, n: 20_000 });
  expect(response.filter((_, i) => components[i] === 1).every((y) => y === 0)).toBe(true);
  const first = response.filter((_, i) => components[i] === 0);
  const total = 1 + Math.E + Math.E ** 2;
  for (const y of [0, 1, 2]) {
    const p = Math.E ** y / total;
    const count = first.filter((value) => value === y).length;
    expect(Math.abs(count - p * first.length)).toBeLessThan(4 * Math.sqrt(p * (1 - p) * first.length));
  }
});

describe('refuses', () => {
  const none = undefined as never;
  test.each<[string, object, string]>([
    ['no rows', { n: 0 }, 'n must be an integer of at least 1. Received: 0.'],
    ['no n', { n: none }, 'n must be an integer of at least 1. Received: undefined.'],
    ['a misspelt option', { sead: 1 }, 'unknown option "sead"'],
    [
      'an unknown law',
      { inputs: { kind: 'cauchy' } },
      "inputs.kind must be one of 'uniform', 'normal', 'grid', 'rows'",
    ],
    ['no law', { inputs: none }, 'inputs.kind must be one of'],
    ['no noise', { noise: none }, 'noise.kind must be one of'],
    [
      'a box of another dimension',
      { inputs: { kind: 'uniform', min: [0, 0] } },
      'inputs.min must be a number or a list of 1',
    ],
    [
      'an empty box',
      { inputs: { kind: 'uniform', min: 1, max: 0 } },
      'inputs.max must be a finite number of at least 1',
    ],
    [
      'a negative deviation',
      { inputs: { kind: 'normal', standardDeviation: -1 } },
      'inputs.standardDeviation must be',
    ],
    [
      'more rows than given',
      { inputs: { kind: 'rows', rows: [[1]] } },
      'between 1 and the number of rows (1). Received: 40.',
    ],
    [
      'ragged rows',
      { n: 1, inputs: { kind: 'rows', rows: [[1, 2]] } },
      'row 0 of inputs.rows must have 1 numbers',
    ],
    [
      'NaN',
      { n: 1, inputs: { kind: 'rows', rows: [[Number.NaN]] } },
      'row 0 of inputs.rows must be a finite number',
    ],
    [
      'experts without deviations',
      { measure: { ...twoLines, dispersions: none } },
      'gaussian experts need dispersions',
    ],
    ['one class', { noise: { kind: 'classes' } }, 'classes need a measure with at least 2 units'],
    [
      'a measure that is none',
      { measure: { ...twoLines, gateParams: {} } },
      'gateParams must have 2 numbers under "router/kernel"',
    ],
    [
      'an overflow',
      {
        measure: withChanged(
          { ...twoLines, expert: polynomial({ degree: 4 }) },
          'expert',
          'kernel',
          0,
          () => 1e200,
        ),
        noise: { kind: 'regression', standardDeviation: 1 },
      },
      'is not finite',
    ],
  ])('%s', (_, change, message) => {
    expect(() => simulate({ ...base, ...change } as SimulateOptions)).toThrow(message);
  });

  test('a grid with two inputs, and a vector for a response', () => {
    const two = {
      ...twoLines,
      inputDim: 2,
      gateParams: { 'router/kernel': [2, 0, 0, 0], bias: [0, 0] },
      expertParams: { kernel: [1, -1, 0, 0], bias: [0, 5] },
    };
    expect(() => simulate({ ...base, measure: two, inputs: { kind: 'grid' } })).toThrow(
      'a grid is for measures with one input',
    );
    const wide = { ...twoLines, units: 2, expertParams: { kernel: [1, 1, 1, 1], bias: [0, 0, 0, 0] } };
    expect(() => simulate({ ...base, measure: wide })).toThrow(
      'experts noise needs a measure with one unit. Received: 2.',
    );
  });
});
