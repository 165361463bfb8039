import { type Expert, type Gate, MoeError, stream } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { canonical, type MixingMeasure, measureToJSON, predict, withAtoms } from '@tfjs-moe/measures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameOf, randomMeasure } from '../../../measures/test/measures.ts';
import { fitLeastSquares, type Sample } from '../../src/index.ts';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const tanh = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });

interface Drawn {
  readonly inputs: number[][];
  readonly response: number[];
}

/** Rows on a box, and what a measure says of them, with noise. */
function drawn(measure: MixingMeasure, n: number, noise = 0, seed = 7): Drawn {
  const random = stream(seed, 'sample');
  const inputs = Array.from({ length: n }, () =>
    Array.from({ length: measure.inputDim }, () => 6 * random.uniform() - 3),
  );
  const response = Array.from(predict(measure, inputs), (mean) => mean + noise * random.normal());
  return { inputs, response };
}

const one = { inputDim: 1, experts: 2, units: 1 } as const;
const ofLines = { ...one, gate: softmax(), expert: linear() };
const twoLines: MixingMeasure = {
  ...ofLines,
  gateParams: { 'router/kernel': [3, 0], bias: [0.5, 0] },
  expertParams: { kernel: [2, -1.5], bias: [1, -1] },
};
const ofRidges = { gate: softmax(), expert: gelu, inputDim: 2, experts: 3 };
const threeRidges: MixingMeasure = {
  ...ofRidges,
  gateParams: { 'router/kernel': [2, 0, 0, 2, 0, 0], bias: [-0.5, 0.3, 0] },
  expertParams: { 'layer_1/kernel': [2, -1, -1.5, 2, 1, 1.5], 'layer_1/bias': [1, 0.5, -1] },
};

describe('planted measures are found', () => {
  const planted: [Gate, Expert, Partial<MixingMeasure>][] = [
    [softmax(), linear(), twoLines],
    [softmax(), tanh, { gateParams: twoLines.gateParams, expertParams: ridges(2, 1, -1.5, -0.5) }],
    [softmax(), polynomial(), { gateParams: twoLines.gateParams, expertParams: lines(1, 0.5, -0.5, 1) }],
    [
      sigmoid(),
      gelu,
      { gateParams: lines(2, 0.5, -1, 1, 'router/'), expertParams: ridges(2, 1, -1.5, -0.5) },
    ],
    [
      sigmoid({ normalize: true }),
      linear(),
      { gateParams: lines(3, 0.5, -1, 1, 'router/'), expertParams: twoLines.expertParams },
    ],
    [
      temperature({ temperature: 0.5 }),
      linear(),
      {
        gateParams: { ...lines(2, 0.3, 0, 0, 'router/'), temperature: [0.7] },
        expertParams: twoLines.expertParams,
      },
    ],
    [
      topK({ k: 1 }),
      linear(),
      { gateParams: lines(8, -4, 0, 0, 'router/'), expertParams: twoLines.expertParams },
    ],
  ];

  test.each(planted.map((row) => [nameOf(row[0]), nameOf(row[1]), ...row] as const))(
    'under %s, of %s',
    (_, __, gate, expert, numbers) => {
      const truth = { ...one, gate, expert, ...numbers } as MixingMeasure;
      const measure = { ...truth, gate, expert };
      const data = drawn(measure, 400, 0.001);
      const options = { gate, expert, experts: 2, data };
      const fit = fitLeastSquares(options);
      const near = fitLeastSquares({ ...options, initial: measure });
      expect(fit.residualSumOfSquares).toBeLessThan(near.residualSumOfSquares * (1 + 1e-6));
      // A few standard errors from the truth; a hard boundary is known no better than the rows around it.
      for (const part of ['gateParams', 'expertParams'] as const) {
        if (gate.kind === 'topK' && part === 'gateParams') continue;
        for (const [name, values] of Object.entries(canonical(measure)[part])) {
          values.forEach((value, i) => {
            expect(Math.abs(fit.measure[part][name]![i]! - value), `${name}[${i}]`).toBeLessThan(0.3);
          });
        }
      }
    },
  );

  test('with three atoms and two inputs', () => {
    const fit = fitLeastSquares({
      gate: 'softmax',
      expert: gelu,
      experts: 3,
      data: drawn(threeRidges, 1500, 0.05),
    });
    expect(fit.converged).toBe(true);
    expect(fit.sigma2 / 0.05 ** 2).toBeGreaterThan(0.9);
    expect(fit.sigma2 / 0.05 ** 2).toBeLessThan(1.1);
    expect(fit.effectiveExperts).toBe(3);
    expect(fit.parameters).toBe(15);
    expect(fit.atBounds).toEqual([]);
    const expected = canonical(threeRidges).expertParams['layer_1/kernel']!;
    fit.measure.expertParams['layer_1/kernel']!.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(0.15);
    });
  });
});

describe('every gate and expert', () => {
  const gates = [
    softmax({ router: mlpRouter({ hiddenUnits: 2 }) }),
    temperature({ router: mlpRouter({ hiddenUnits: 2 }) }),
    topK({ k: 2 }),
    hierarchical({ groups: 2 }),
    hierarchical({ groups: 2, outer: topK({ k: 1 }), inner: sigmoid() }),
  ];
  const experts = [
    constant(),
    gelu,
    gatedFfn({ hiddenUnits: 2 }),
    normalizedFfn({ hiddenUnits: 2, activation: 'tanh' }),
  ];
  test.each(
    gates.flatMap((gate) => experts.map((expert) => [nameOf(gate), nameOf(expert), gate, expert] as const)),
  )('can be fitted: %s, %s', (_, __, gate, expert) => {
    const data = drawn(randomMeasure(gate, expert), 120, 0.1);
    // A gate that selects hops for long when there are several starts.
    const starts = JSON.stringify(gate.config).includes('topK') ? 1 : 2;
    const fit = fitLeastSquares({ gate, expert, experts: 4, data, starts, maxIterations: 40 });
    const mean = data.response.reduce((a, b) => a + b) / 120;
    const total = data.response.reduce((sum, y) => sum + (y - mean) ** 2, 0);
    expect(fit.residualSumOfSquares).toBeLessThan(starts === 1 ? fit.history[0]! : total);
    expect(fit.history).toEqual([...fit.history].sort((a, b) => b - a));
    const fitted = predict(fit.measure, data.inputs);
    fit.fitted.forEach((value, i) => {
      expect(value).toBeCloseTo(fitted[i]!, 9);
    });
  });
});

describe('a fit', () => {
  const data = drawn(twoLines, 300, 0.1);
  const options = { gate: softmax(), expert: linear(), experts: 2, data };
  const fit = fitLeastSquares(options);

  test('says how it went', () => {
    expect(fit.converged).toBe(true);
    expect(fit.reason).toBe('gradient');
    expect(fit.gradientNorm).toBeLessThan(1e-8);
    expect(fit.starts.length).toBe(12);
    expect(fit.sigma2).toBeCloseTo(fit.residualSumOfSquares / 300, 15);
    const byHand = fit.fitted.reduce((sum, mean, i) => sum + (mean - data.response[i]!) ** 2, 0);
    expect(fit.residualSumOfSquares / byHand).toBeCloseTo(1, 12);
    expect(fit.shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(structuredClone({ ...fit, measure: measureToJSON(fit.measure) }).iterations).toBe(fit.iterations);
  });

  test('is the same for the same seed', () => {
    expect(fitLeastSquares(options)).toEqual(fit);
  });

  test('says when it was cut short', () => {
    const short = fitLeastSquares({ ...options, starts: 1, maxIterations: 2 });
    expect([short.converged, short.reason, short.iterations]).toEqual([false, 'iterations', 2]);
  });

  test('reports progress, stage by stage', () => {
    const stages = new Set<string>();
    const sums: number[] = [];
    fitLeastSquares({
      ...options,
      starts: 3,
      onProgress({ stage, start, residualSumOfSquares }) {
        stages.add(stage);
        if (start === 0) sums.push(residualSumOfSquares);
      },
    });
    expect([...stages]).toContain('screening');
    expect(sums.length).toBeGreaterThan(2);
  });

  test('starts where it is told to', () => {
    const again = fitLeastSquares({ ...options, initial: fit.measure });
    expect(again.starts.length).toBe(1);
    expect(again.iterations).toBeLessThanOrEqual(1);
    expect(fitLeastSquares({ ...options, initial: [fit.measure, twoLines], starts: 2 }).starts.length).toBe(
      4,
    );
  });

  test('lets a weight count as that many rows, and a weight of zero as none', () => {
    const weights = data.inputs.map((_, i) => i % 3);
    const repeated = data.inputs.flatMap((row, i) => new Array<number[]>(i % 3).fill(row));
    const response = data.inputs.flatMap((_, i) => new Array<number>(i % 3).fill(data.response[i]!));
    const weighted = fitLeastSquares({ ...options, data: { ...data, weights }, initial: twoLines });
    const plain = fitLeastSquares({ ...options, data: { inputs: repeated, response }, initial: twoLines });
    expect(weighted.residualSumOfSquares / plain.residualSumOfSquares).toBeCloseTo(1, 10);
    expect(weighted.sigma2 / plain.sigma2).toBeCloseTo(1, 10);
    expect(weighted.fitted.length).toBe(300);
  });

  test('of a subsample first finds what all rows say', () => {
    const large = drawn(twoLines, 9000, 0.1);
    const of = fitLeastSquares({ ...options, data: large, starts: 4 });
    const near = fitLeastSquares({ ...options, data: large, initial: twoLines });
    expect(of.residualSumOfSquares).toBeLessThan(near.residualSumOfSquares * (1 + 1e-9));
    expect(of.starts.map(({ rows }) => rows).sort()).toEqual([4000, 4000, 4000, 9000]);
  });
});

describe('invariances', () => {
  const data = drawn(threeRidges, 500, 0.1);
  const options = { gate: softmax(), expert: gelu, experts: 3, data };

  test('the order and the gauge of the start do not matter', () => {
    const near = fitLeastSquares({ ...options, initial: threeRidges });
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
        const relabelled = withAtoms(threeRidges, order);
        const moved = {
          ...relabelled,
          gateParams: {
            'router/kernel': relabelled.gateParams['router/kernel']!.map(
              (value, i) => value + (i % 2 === 0 ? 0.5 : -1),
            ),
            bias: relabelled.gateParams.bias!.map((value) => value + 2),
          },
        };
        const fit = fitLeastSquares({ ...options, initial: moved });
        expect(fit.residualSumOfSquares / near.residualSumOfSquares).toBeCloseTo(1, 10);
        expect(fit.measure.expertParams['layer_1/bias']![0]).toBeCloseTo(
          near.measure.expertParams['layer_1/bias']![0]!,
          5,
        );
      }),
      { numRuns: 6 },
    );
  });

  test('nor do the units of the inputs', () => {
    const plain = fitLeastSquares(options);
    const inputs = data.inputs.map(([a, b]) => [100 * a! + 5, b! / 50 - 1]);
    const moved = fitLeastSquares({ ...options, data: { inputs, response: data.response } });
    expect(moved.residualSumOfSquares / plain.residualSumOfSquares).toBeCloseTo(1, 5);
  });

  test('nor, with linear experts, those of the response', () => {
    const lines = drawn(twoLines, 300, 0.1);
    const linearOptions = { gate: softmax(), expert: linear(), experts: 2 };
    const plain = fitLeastSquares({ ...linearOptions, data: lines });
    const response = lines.response.map((y) => 1e4 * y - 7);
    const moved = fitLeastSquares({ ...linearOptions, data: { inputs: lines.inputs, response } });
    expect(moved.residualSumOfSquares / plain.residualSumOfSquares / 1e8).toBeCloseTo(1, 6);
  });
});

describe('more atoms than there are', () => {
  // Over-fitted linear experts are not identifiable at all (K1); the function still is.
  test.each([
    ['linear', linear(), twoLines],
    ['gelu', gelu, { ...twoLines, expert: gelu, expertParams: ridges(2, 1, -1.5, -0.5) }],
  ] as const)('of %s: the function converges', (_, expert, truth) => {
    const data = drawn(truth, 500, 0.1);
    const exact = fitLeastSquares({ gate: softmax(), expert, experts: 2, data });
    // A compact space, as the theory wants it: a third atom likes to become a jump between two rows.
    const bounds = { gate: 30, expert: 10 };
    const over = fitLeastSquares({ gate: softmax(), expert, experts: 3, data, bounds });
    expect(over.converged).toBe(true);
    expect(over.residualSumOfSquares).toBeLessThan(exact.residualSumOfSquares * (1 + 1e-9));
    expect(over.residualSumOfSquares).toBeGreaterThan(0.9 * exact.residualSumOfSquares);
  });

  test('counts atoms that coincide once', () => {
    const data = drawn(twoLines, 200);
    const copy = withAtoms(twoLines, [0, 1, 1]);
    const halved = { ...copy, gateParams: { ...copy.gateParams, bias: [0.5, -Math.LN2, -Math.LN2] } };
    const fit = fitLeastSquares({ gate: softmax(), expert: linear(), experts: 3, data, initial: halved });
    expect(fit.reason).toBe('exact fit');
    expect(fit.effectiveExperts).toBe(2);
  });

  test('counts an atom without a say not at all', () => {
    const data = drawn(twoLines, 200);
    const three = withAtoms(twoLines, [0, 1, 1]);
    const initial = {
      ...three,
      gateParams: { 'router/kernel': [3, 0, 1], bias: [0.5, 0, -40] },
      expertParams: { kernel: [2, -1.5, 7], bias: [1, -1, 3] },
    };
    const model = { gate: softmax(), expert: linear(), experts: 3, data };
    const fit = fitLeastSquares({ ...model, maxIterations: 0, initial });
    expect(fit.effectiveExperts).toBe(2);
    expect(Math.min(...fit.shares)).toBeLessThan(1e-6);
  });
});

describe('data of a difficult kind', () => {
  const rows = drawn(twoLines, 40, 0.1);
  const samples: [string, Sample][] = [
    ['a constant response', { inputs: rows.inputs, response: rows.inputs.map(() => 3) }],
    ['a response of zeros', { inputs: rows.inputs, response: rows.inputs.map(() => 0) }],
    ['collinear inputs', { inputs: rows.inputs.map(([x]) => [x!, 2 * x!]), response: rows.response }],
    ['a constant input', { inputs: rows.inputs.map(([x]) => [x!, 1]), response: rows.response }],
    ['fewer rows than parameters', { inputs: rows.inputs.slice(0, 3), response: [1, 2, 0] }],
    ['one row', { inputs: [[1]], response: [2] }],
    ['one row repeated', { inputs: new Array(30).fill([1, 2]), response: new Array(30).fill(5) }],
    [
      'one row with different responses',
      { inputs: new Array(30).fill([1]), response: Array.from({ length: 30 }, (_, i) => i % 7) },
    ],
    [
      'outliers',
      { inputs: rows.inputs, response: Array.from(rows.response, (y, i) => (i % 13 ? y : 1e6 * y)) },
    ],
    ['huge inputs', { inputs: rows.inputs.map(([x]) => [1e8 + x!]), response: rows.response }],
    ['tiny responses', { inputs: rows.inputs, response: Array.from(rows.response, (y) => y * 1e-150) }],
  ];
  const models: [string, Gate, Expert][] = [
    ['softmax, linear', softmax(), linear()],
    ['softmax, gelu', softmax(), gelu],
    ['sigmoid, cubic', sigmoid(), polynomial({ degree: 3 })],
    ['top-1, constant', topK({ k: 1 }), constant()],
  ];

  test.each(
    models.flatMap(([model, gate, expert]) =>
      samples.map(([name, data]) => [model, name, gate, expert, data] as const),
    ),
  )('%s: %s gets an answer', (_, __, gate, expert, data) => {
    const fit = fitLeastSquares({ gate, expert, experts: 2, data, starts: 2, maxIterations: 60 });
    const numbers = [
      fit.residualSumOfSquares,
      fit.sigma2,
      fit.gradientNorm,
      ...fit.fitted,
      ...fit.shares,
      ...Object.values({ ...fit.measure.gateParams, ...fit.measure.expertParams }).flat(),
    ];
    expect(numbers.every(Number.isFinite)).toBe(true);
    const total = Array.from(data.response).reduce((sum, y) => sum + y * y, 0);
    expect(fit.residualSumOfSquares).toBeLessThanOrEqual(total * (1 + 1e-9) + 1e-30);
  });

  test('a gap in the data is an error that names it', () => {
    const inputs = rows.inputs.map((row, i) => (i === 3 ? [Number.NaN] : row));
    expect(() =>
      fitLeastSquares({
        gate: 'softmax',
        expert: 'linear',
        experts: 2,
        data: { inputs, response: rows.response },
      }),
    ).toThrow('fitLeastSquares: column "x1" must hold finite numbers; row 3 does not. Received: NaN.');
  });

  test('a function that is nowhere finite is an error', () => {
    const start = { ...twoLines, expert: polynomial({ degree: 9 }), expertParams: lines(1e300, 1, 1e300, 1) };
    const options = { gate: softmax(), expert: polynomial({ degree: 9 }), experts: 2, data: rows };
    expect(() => fitLeastSquares({ ...options, initial: start, bounds: 1e301 })).toThrow(
      'must be finite at a start',
    );
  });
});

describe('options', () => {
  const data = drawn(twoLines, 20);
  const options = { gate: softmax(), expert: linear(), experts: 2, data };
  test.each([
    [{ experts: 0 }, 'experts must be an integer of at least 1'],
    [{ start: 3 }, 'unknown option "start"'],
    [{ starts: 0 }, 'starts must be an integer of at least 1'],
    [{ tolerance: 0 }, 'tolerance must be a finite number above 0'],
    [{ seed: Number.NaN }, 'seed must be a finite number'],
    [{ gate: 'unheardOf' }, 'unknown gate kind'],
    [{ bounds: 0 }, 'bounds must be a finite number above 0'],
    [{ initial: threeRidges }, 'initial must have the gate, expert, number of experts and inputs of the fit'],
    [{ data: { inputs: [], response: [] } }, 'the sample must have at least one observation'],
  ])('%o is refused', (wrong, message) => {
    const fit = () => fitLeastSquares({ ...options, ...wrong } as never);
    expect(fit).toThrow(MoeError);
    expect(fit).toThrow(message);
  });
});

/** Two linear parts in one input. */
function lines(a: number, b: number, c: number, d: number, path = ''): Record<string, number[]> {
  return { [`${path}kernel`]: [a, c], bias: [b, d] };
}

function ridges(a: number, b: number, c: number, d: number): Record<string, number[]> {
  return { 'layer_1/kernel': [a, c], 'layer_1/bias': [b, d] };
}
