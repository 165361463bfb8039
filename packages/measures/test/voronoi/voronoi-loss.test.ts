import { readFileSync } from 'node:fs';
import { paramSize } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { type MixingMeasure, measureSpecs, predict, withAtoms } from '@tfjs-moe/measures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LossName, type VoronoiOptions, voronoiLoss } from '../../src/index.ts';
import { randomMeasure } from '../measures.ts';

interface Atoms {
  readonly beta1: number[][];
  readonly beta0: number[];
  readonly a: number[][];
  readonly b: number[];
  readonly sd: number[];
  readonly tau?: number;
}
interface Case {
  readonly loss: LossName;
  readonly r: number;
  readonly fixed: number;
  readonly minimised: number;
}
interface FlatCase extends Case {
  readonly k: number;
  readonly fit: Atoms;
  readonly truth: Atoms;
  readonly cells: number[][];
}
interface Tree {
  readonly a: number[];
  readonly b: number[];
  readonly atoms: Atoms;
}
interface TreeCase extends Case {
  readonly fit: Tree;
  readonly truth: Tree;
}
const golden = JSON.parse(readFileSync(new URL('../fixtures/voronoi.json', import.meta.url), 'utf8')) as {
  flat: FlatCase[];
  hierarchical: TreeCase[];
  sigmoid: FlatCase[];
};

const withPower = (loss: LossName, r: number): VoronoiOptions =>
  ['D2', 'D3', 'D6', 'sigmoidD2'].includes(loss) ? { loss, r } : { loss };

describe('the formulas, loop by loop, and their infimum by brute force', () => {
  function flat(loss: LossName, k: number, { beta1, beta0, a, b, sd, tau }: Atoms): MixingMeasure {
    const gate = tau !== undefined ? temperature() : loss.startsWith('topK') ? topK({ k }) : softmax();
    return {
      gate: loss.startsWith('sigmoid') ? sigmoid() : gate,
      expert: linear(),
      inputDim: beta1[0]!.length,
      experts: b.length,
      gateParams: {
        'router/kernel': beta1.flat(),
        bias: beta0,
        ...(tau !== undefined && { temperature: [tau] }),
      },
      expertParams: { kernel: a.flat(), bias: b },
      dispersions: sd,
    };
  }

  const describeCase = ({ loss, r, fit, truth }: FlatCase) =>
    `${loss}, r = ${r}, d = ${fit.beta1[0]!.length}, ${fit.b.length} atoms for ${truth.b.length}`;

  test.each(golden.flat.map((one) => [describeCase(one), one] as const))('%s', (_, one) => {
    const { loss, r, k, fit, truth, cells, fixed, minimised } = one;
    const [ours, theirs] = [flat(loss, k, fit), flat(loss, k, truth)];
    const options = withPower(loss, r);
    const plain = voronoiLoss(ours, theirs, { ...options, gauge: 'fixed' });
    expect(plain.cells).toEqual(cells);
    expect(plain.value / fixed).toBeCloseTo(1, 12);
    const found = voronoiLoss(ours, theirs, options);
    expect(Math.abs(found.value / minimised - 1)).toBeLessThan(1e-6);
  });

  test.each(golden.sigmoid.map((one) => [describeCase(one), one] as const))('%s', (_, one) => {
    const { loss, r, k, fit, truth, cells, fixed } = one;
    const found = voronoiLoss(flat(loss, k, fit), flat(loss, k, truth), withPower(loss, r));
    expect(found.cells).toEqual(cells);
    expect(found.value / fixed).toBeCloseTo(1, 12);
  });

  const tree = ({ a, b, atoms }: Tree): MixingMeasure => ({
    gate: hierarchical({ groups: 2 }),
    expert: linear(),
    inputDim: 1,
    experts: atoms.b.length,
    gateParams: {
      'outer/router/kernel': a,
      'outer/bias': b,
      'inner/router/kernel': atoms.beta1.flat(),
      'inner/bias': atoms.beta0,
    },
    expertParams: { kernel: atoms.a.flat(), bias: atoms.b },
  });

  test.each(golden.hierarchical.map((one, i) => [`${one.loss}, r = ${one.r}, case ${i}`, one] as const))(
    '%s',
    (_, one) => {
      const [ours, theirs] = [tree(one.fit), tree(one.truth)];
      const options = withPower(one.loss, one.r);
      expect(voronoiLoss(ours, theirs, { ...options, gauge: 'fixed' }).value / one.fixed).toBeCloseTo(1, 12);
      expect(Math.abs(voronoiLoss(ours, theirs, options).value / one.minimised - 1)).toBeLessThan(1e-6);
    },
  );
});

/** A measure moved along its gauge: the last axes of every softmax shifted, a temperature scaled. */
function regauged(measure: MixingMeasure, shift: number, scale: number): MixingMeasure {
  const gateParams: Record<string, readonly number[]> = { ...measure.gateParams };
  const specs = measureSpecs(measure).gate;
  const members = measure.experts / ((measure.gate.config.groups as number | undefined) ?? 1);
  for (const name of Object.keys(specs)) {
    if (measure.gate.kind === 'sigmoid') continue;
    const size = paramSize(specs[name]!);
    const factor = 'temperature' in specs ? scale : 1;
    gateParams[name] = gateParams[name]!.map((value, i) => {
      if (name === 'temperature') return factor * value;
      // A different shift in every direction, and in every group inside of which it is free.
      const group = name.startsWith('inner/') ? Math.floor(i / size / members) : 0;
      return factor * value + shift * (1 + (i % size) + 2 * group + (name.endsWith('bias') ? 0.5 : 0));
    });
  }
  return { ...measure, gateParams };
}

/** Atoms in the opposite order: of a hierarchical gate, groups and the experts inside of them. */
function reversed(measure: MixingMeasure): MixingMeasure {
  const order = Array.from({ length: measure.experts }, (_, e) => measure.experts - 1 - e);
  const turned = withAtoms(measure, order);
  if (measure.gate.kind !== 'hierarchical') return turned;
  const gateParams = { ...turned.gateParams };
  for (const name of ['outer/bias', 'outer/router/kernel']) {
    const numbers = measure.gateParams[name]!;
    const size = numbers.length / 2;
    gateParams[name] = [...numbers.slice(size), ...numbers.slice(0, size)];
  }
  return { ...turned, gateParams };
}

const tanh = ffn({ hiddenUnits: [], outputWeights: false, activation: 'tanh' });
const models: [string, VoronoiOptions, Pick<MixingMeasure, 'gate' | 'expert'>][] = [
  ['D1', {}, { gate: softmax(), expert: tanh }],
  ['D1 without biases', {}, { gate: softmax({ useBias: false }), expert: tanh }],
  [
    'D1 over a neural router',
    {},
    { gate: softmax({ router: mlpRouter({ hiddenUnits: [] }) }), expert: tanh },
  ],
  ['D2', { loss: 'D2', r: 3 }, { gate: softmax(), expert: linear() }],
  ['D3', { loss: 'D3', r: 2 }, { gate: temperature(), expert: tanh }],
  ['D4', {}, { gate: temperature(), expert: tanh }],
  ['D5', {}, { gate: hierarchical({ groups: 2 }), expert: tanh }],
  ['D6', { loss: 'D6', r: 2 }, { gate: hierarchical({ groups: 2 }), expert: linear() }],
  ['sigmoidD1', {}, { gate: sigmoid(), expert: tanh }],
  ['sigmoidD2', { loss: 'sigmoidD2', r: 2 }, { gate: sigmoid(), expert: tanh }],
  ['sigmoidD3', { loss: 'sigmoidD3' }, { gate: sigmoid(), expert: tanh }],
  ['topKD1', {}, { gate: topK({ k: 2 }), expert: linear() }],
  ['topKD2', { loss: 'topKD2' }, { gate: topK({ k: 2 }), expert: linear() }],
  ['topKD2 of a dense softmax', { loss: 'topKD2' }, { gate: softmax(), expert: linear() }],
];

describe.each(models)('%s', (name, options, parts) => {
  const seeds = fc.integer({ min: 1, max: 10_000 });
  const runs = { numRuns: 12 };
  const draw = (seed: number, inputDim = 2, experts = 4) =>
    randomMeasure(parts.gate, parts.expert, { inputDim, experts, seed });
  const shifts = name.includes('without') || name.includes('neural') ? 0 : 1;

  test('is exactly 0 for equal measures, in any order of the atoms', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 3 }), (seed, inputDim) => {
        const truth = draw(seed, inputDim);
        for (const gauge of ['minimise', 'fixed'] as const) {
          expect(voronoiLoss(truth, truth, { ...options, gauge }).value).toBe(0);
          expect(voronoiLoss(reversed(truth), truth, { ...options, gauge }).value).toBe(0);
        }
      }),
      runs,
    );
  });

  test('does not see the gauge', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        (seed, shift, scale) => {
          const truth = draw(seed);
          const moved = regauged(truth, shifts * shift, scale);
          const rows = [
            [0.3, -1.2],
            [-0.7, 0.4],
          ];
          expect([...predict(moved, rows)]).toEqual(
            [...predict(truth, rows)].map((y) => expect.closeTo(y, 9)),
          );
          expect(voronoiLoss(moved, truth, options).value).toBeLessThan(1e-10);
          const other = draw(seed + 1);
          const [plain, again] = [other, regauged(other, shifts * shift, scale)].map((of) =>
            voronoiLoss(of, truth, options),
          );
          expect(Math.abs(again!.value - plain!.value)).toBeLessThan(2e-3 * (1e-6 + plain!.value));
        },
      ),
      runs,
    );
  });

  test('is positive otherwise, least in its own gauge, and attained by the aligned measure', () => {
    const holds = (seed: number, size: number) => {
      const truth = draw(seed);
      const far = draw(seed + 1);
      const near = (key: 'gateParams' | 'expertParams') =>
        Object.fromEntries(
          Object.entries(truth[key]).map(([part, numbers]) => [
            part,
            numbers.map((value, i) => value + size * Math.tanh(far[key][part]![i]!)),
          ]),
        );
      const fitted = { ...truth, gateParams: near('gateParams'), expertParams: near('expertParams') };
      const least = voronoiLoss(fitted, truth, options);
      expect(least.value).toBeGreaterThan(0);
      expect(least.value).toBeLessThanOrEqual(
        voronoiLoss(fitted, truth, { ...options, gauge: 'fixed' }).value,
      );
      if (least.isSaturated) return;
      const plain = voronoiLoss(least.aligned, truth, { ...options, gauge: 'fixed' });
      expect(plain.value / least.value).toBeCloseTo(1, 8);
      expect(plain.cells).toEqual(least.cells);
      const rows = [
        [0.3, -1.2],
        [-0.7, 0.4],
      ];
      expect([...predict(least.aligned, rows)]).toEqual(
        [...predict(fitted, rows)].map((y) => expect.closeTo(y, 9)),
      );
    };
    // In these the masses of a single group vanish.
    holds(9998, 0.2721176677964207);
    holds(450, 0.21642088171904333);
    const sizes = fc.double({ min: 0.01, max: 0.3, noNaN: true });
    fc.assert(fc.property(seeds, sizes, holds), runs);
  });
});

const two: MixingMeasure = {
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [2, 0], bias: [0.4, 0] },
  expertParams: { kernel: [1.5, -1], bias: [0.5, 2] },
};

describe('the common factor of the masses', () => {
  const far = { ...two, expertParams: { kernel: [100, -100], bias: [50, -50] } };

  test('far away it had better vanish, and the loss says so', () => {
    const found = voronoiLoss(far, two);
    expect(found).toMatchObject({ isSaturated: true, value: Math.exp(0.4) + 1 });
    expect(found.aligned.gateParams.bias).toEqual(far.gateParams.bias);
  });

  test('with equal totals the loss goes on growing', () => {
    const found = voronoiLoss(far, two, { masses: 'equalTotal' });
    expect(found.isSaturated).toBe(false);
    expect(found.value).toBeGreaterThan(100);
    const masses = (measure: MixingMeasure) =>
      measure.gateParams.bias!.reduce((sum, value) => sum + Math.exp(value), 0);
    expect(masses(found.aligned)).toBeCloseTo(masses(two), 12);
  });

  test('masses beyond the range of numbers are compared too', () => {
    const huge = { ...two, gateParams: { ...two.gateParams, bias: [900.4, 900] } };
    expect(voronoiLoss(huge, two).value).toBeLessThan(1e-12);
  });
});

describe('refuses', () => {
  const sparse = { ...two, gate: topK({ k: 1 }) };
  test.each<[string, MixingMeasure, MixingMeasure, object, string]>([
    ['another gate', sparse, two, {}, 'both gates must be softmax. Received: "topK".'],
    [
      'another expert',
      { ...two, expert: tanh, expertParams: { 'layer_1/kernel': [1, 1], 'layer_1/bias': [0, 0] } },
      two,
      {},
      'both experts must be linear',
    ],
    [
      'no biases',
      { ...two, gate: softmax({ useBias: false }) },
      two,
      {},
      'both measures must have the parameters router/kernel [1], bias [1]. Received: "router/kernel [1]".',
    ],
    [
      'a loss of another gate',
      two,
      two,
      { loss: 'D5' },
      'D5 is for the gate hierarchical. Received: "softmax".',
    ],
    ['an unknown loss', two, two, { loss: 'D7' }, 'loss must be one of'],
    ['no exponent', two, two, { loss: 'D2' }, 'r must be a finite number of at least 1'],
    ['an exponent too many', two, two, { r: 2 }, 'r is for D2, D3, D6, sigmoidD2, not for D1. Received: 2.'],
    [
      'one variance',
      { ...sparse, dispersions: [1] },
      sparse,
      {},
      'both measures must have dispersions, or neither',
    ],
    [
      'sigmoid under top-K',
      { ...two, gate: topK({ weighting: 'sigmoid' }) },
      { ...two, gate: topK({ weighting: 'sigmoid' }) },
      {},
      'what selects must weigh by a softmax without a temperature; loss: \'experts\' compares the experts under any gates. Received: "sigmoid".',
    ],
    ['an unknown option', two, two, { gage: 'fixed' }, 'unknown option "gage"'],
  ])('%s', (_, measure, truth, options, message) => {
    expect(() => voronoiLoss(measure, truth, options as VoronoiOptions)).toThrow(
      `[tfjs-moe] voronoiLoss: ${message}`,
    );
  });
});

describe('experts alone', () => {
  const lines = (gate: MixingMeasure['gate'], b: readonly number[]): MixingMeasure => ({
    gate,
    expert: linear(),
    inputDim: 1,
    experts: b.length,
    gateParams: { 'router/kernel': b.map(() => 0), bias: b.map(() => 0) },
    expertParams: { kernel: b.map((_, e) => e), bias: b },
  });

  test('is the distance from every true expert to the nearest fitted one, whatever the gates', () => {
    const truth = lines(softmax(), [0, 1]);
    const fitted = lines(sigmoid(), [0.3, 1, 9]);
    const { value, cells, aligned } = voronoiLoss(fitted, truth, { loss: 'experts' });
    expect(value).toBeCloseTo(0.3, 14);
    expect(cells).toEqual([[0], [1, 2]]);
    expect(aligned).toEqual(fitted);
    expect(voronoiLoss(truth, truth, { loss: 'experts' }).value).toBe(0);
  });

  test('needs experts of one kind', () => {
    const truth = lines(softmax(), [0, 1]);
    const tanh = ffn({ hiddenUnits: [], outputWeights: false, activation: 'tanh' });
    const other = {
      ...truth,
      expert: tanh,
      expertParams: { 'layer_1/kernel': [0, 1], 'layer_1/bias': [0, 1] },
    };
    expect(() => voronoiLoss(other, truth, { loss: 'experts' })).toThrow('both experts must be linear');
    expect(() => voronoiLoss(lines(sigmoid(), [0, 1]), truth)).toThrow('both gates must be softmax');
  });
});

describe('the shifts of a gauge alone', () => {
  const truth: MixingMeasure = {
    gate: temperature(),
    expert: linear(),
    inputDim: 1,
    experts: 2,
    gateParams: { 'router/kernel': [2, 0], bias: [1, 0], temperature: [0.5] },
    expertParams: { kernel: [1, -1], bias: [0, 2] },
  };
  const moved = (shift: number, scale: number): MixingMeasure => ({
    ...truth,
    gateParams: {
      'router/kernel': [2, 0].map((value) => scale * value + shift),
      bias: [1, 0].map((value) => scale * value + shift),
      temperature: [scale * 0.5],
    },
  });

  test('do not hide a temperature, while the whole gauge does', () => {
    const options = { loss: 'D4', masses: 'equalTotal' } as const;
    expect(voronoiLoss(moved(3, 1), truth, { ...options, gauge: 'shifts' }).value).toBeCloseTo(0, 12);
    expect(voronoiLoss(moved(3, 2), truth, options).value).toBeCloseTo(0, 6);
    // The masses are e^2 and 1, the temperatures differ by 0.5, and beta_1 by 2 for the first atom or for the second.
    const { value } = voronoiLoss(moved(3, 2), truth, { ...options, gauge: 'shifts' });
    expect(value).toBeGreaterThan(0.5 * (1 + Math.exp(2)));
  });
});
