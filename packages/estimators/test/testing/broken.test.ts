import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { fitLeastSquares, type LeastSquaresFit, type Sample } from '../../src/index.ts';
import { type EstimatorUnderTest, type FitRequest, testEstimator } from '../../src/testing/index.ts';

type Fit = (sample: Sample, request: FitRequest) => LeastSquaresFit;

const plane: Fit = (data, { experts, seed, initial }) =>
  fitLeastSquares({
    gate: softmax(),
    expert: linear(),
    data,
    seed,
    experts,
    ...(initial === undefined ? { starts: 1 } : { initial }),
  });

const sample = {
  inputs: Array.from({ length: 12 }, (_, i) => [Math.fround(Math.sin(i)), (i * 7) % 5]),
  response: Array.from({ length: 12 }, (_, i) =>
    Math.fround(2 * Math.sin(i) - ((i * 7) % 5) + Math.cos(9 * i)),
  ),
};

/** Those of the checks asked for that fail of a plane by least squares, fitted so. */
function failing(
  fit: Fit,
  rest: Partial<EstimatorUnderTest<LeastSquaresFit>> = {},
  isAsked: (check: string) => boolean = () => true,
): string[] {
  const failed: string[] = [];
  const under: EstimatorUnderTest<LeastSquaresFit> = {
    name: 'one plane',
    fit,
    objective: ({ sigma2 }) => -Math.log(sigma2),
    objectiveAt: ({ expertParams: { kernel, bias } }, { inputs, response }) => {
      const squares = inputs.map(
        (row, i) => (response[i]! - bias![0]! - kernel![0]! * row[0]! - kernel![1]! * row[1]!) ** 2,
      );
      return -Math.log(squares.reduce((a, b) => a + b, 0) / squares.length);
    },
    history: ({ history }) => history.map((sum) => -Math.log(sum)),
    gainOfScale: (scale) => -2 * Math.log(scale),
    sample,
    experts: [1, 2],
    ...rest,
  };
  const test = (name: string, body: () => void) => {
    if (!isAsked(name)) return;
    try {
      body();
    } catch {
      failed.push(name);
    }
  };
  testEstimator({ describe: (_, body) => body(), test: test as never }, under);
  return failed;
}

let calls = 0;
const changed = (fit: LeastSquaresFit, by: object) => ({ ...fit, ...by });

describe('the suite of estimators', () => {
  test('passes one that is right', () => {
    expect(failing(plane)).toEqual([]);
  });

  test.each<[defect: string, fit: Fit, check: string]>([
    [
      'sorts the responses that it was given',
      (data, request) => {
        const fit = plane(data, request);
        (data.response as number[]).sort();
        return fit;
      },
      'leaves its sample as it was',
    ],
    [
      'draws from a seed of its own',
      (data, request) => {
        const fit = plane(data, request);
        const bias = fit.measure.expertParams.bias!.map((value) => value + 1e-9 * calls++);
        return changed(fit, {
          measure: { ...fit.measure, expertParams: { ...fit.measure.expertParams, bias } },
        });
      },
      'gives the same fit for the same seed',
    ],
    [
      'knows float32 no better than float16',
      (data, request) =>
        plane(
          {
            ...data,
            inputs: data.inputs.map((row) =>
              row instanceof Float32Array ? row.map((value) => Math.round(1024 * value) / 1024) : row,
            ),
          },
          request,
        ),
      'reads plain arrays, float32 and float64 alike',
    ],
    [
      'reads the buffers behind its arrays',
      (data, request) =>
        plane(
          {
            ...data,
            inputs: data.inputs.map((row) =>
              row instanceof Float64Array ? new Float64Array(row.buffer).subarray(0, row.length) : row,
            ),
          },
          request,
        ),
      'reads views into larger buffers',
    ],
    [
      'forgets the last row',
      (data, request) =>
        plane(
          data.inputs?.length > 10
            ? {
                ...data,
                inputs: data.inputs.slice(1),
                response: Array.from(data.response ?? []).slice(1),
                ...(data.weights && { weights: Array.from(data.weights).slice(1) }),
              }
            : data,
          request,
        ),
      'does not depend on the order of the rows',
    ],
    [
      'takes no notice of weights',
      (data, request) => plane({ ...data, weights: Array.from(data.inputs, () => 1) }, request),
      'counts a row of weight w as w rows',
    ],
    [
      'takes a weight of 0 for a small one',
      (data, request) =>
        plane(
          data?.weights?.length
            ? { ...data, weights: Array.from(data.weights, (weight) => (weight === 0 ? 1e-9 : weight)) }
            : data,
          request,
        ),
      'leaves out a row of weight 0, whatever it holds',
    ],
    [
      'looks at all pairs of rows',
      (data, request) => {
        let sum = 0;
        for (const one of data.inputs) for (const other of data.inputs) sum += one[0]! * other[0]!;
        return changed(plane(data, request), { sum });
      },
      'reads every number a bounded number of times',
    ],
    [
      'prefers small inputs',
      (data, request) =>
        plane(
          data?.inputs?.every?.((row) => row?.length > 0 && Math.abs(row[0]!) < 100)
            ? data
            : { ...data, inputs: data.inputs.map((row) => [0, ...Array.from(row).slice(1)]) },
          request,
        ),
      'does not depend on the units of the inputs',
    ],
    [
      'fits no intercept where the mean is far',
      (data, request) => {
        const fit = plane(data, request);
        return changed(fit, {
          sigma2: fit.sigma2 + (Math.abs(fit.fitted[0]!) > 50 ? fit.fitted[0]! ** 2 : 0),
        });
      },
      'follows the units of the response',
    ],
    [
      'says too little of its residuals',
      (data, request) => {
        const fit = plane(data, request);
        return changed(fit, { sigma2: fit.sigma2 / 2 });
      },
      'says of its objective what its estimate has',
    ],
    [
      'believes whatever numbers there are',
      (data, request) =>
        plane(
          data?.response?.length === data?.inputs?.length && data?.response
            ? {
                ...data,
                response: Array.from(data.response, (value) => (Number.isFinite(value) ? value : 0)),
              }
            : data,
          request,
        ),
      'refuses what is no finite number, and says where',
    ],
    [
      'answers no sample with a raw error',
      (data, request) => plane({ ...data, inputs: data.inputs.slice() }, request),
      'refuses what is no sample',
    ],
    [
      'trims what is too long',
      (data, request) =>
        plane(
          { ...data, response: Array.from(data?.inputs ?? [], (_, i) => data.response?.[i] ?? 0) },
          request,
        ),
      'refuses wrong lengths',
    ],
    [
      'takes weights by their size',
      (data, request) =>
        plane(data?.weights ? { ...data, weights: Array.from(data.weights, Math.abs) } : data, request),
      'refuses weights that are no weights',
    ],
    [
      'takes the nearest number of experts',
      (data, request) =>
        plane(data, {
          ...request,
          experts: Math.max(1, Math.min(2, Math.round(Number(request.experts)) || 1)),
        }),
      'refuses numbers of experts that are none',
    ],
    [
      'divides by the spread of the responses',
      (data, request) => {
        const fit = plane(data, request);
        const spread = Math.max(...Array.from(data.response)) - Math.min(...Array.from(data.response));
        const bias = fit.measure.expertParams.bias!.map((value) => (value / spread) * spread);
        return changed(fit, {
          measure: { ...fit.measure, expertParams: { ...fit.measure.expertParams, bias } },
        });
      },
      'has an answer for poor samples',
    ],
    [
      'returns another model',
      (data, request) =>
        plane(data, { ...request, experts: 2 * request.experts, initial: undefined as never }),
      'returns a measure of the model that was asked for',
    ],
    [
      'returns a method',
      (data, request) => changed(plane(data, request), { predict: () => 0 }) as LeastSquaresFit,
      'returns what can be cloned, and a measure that survives JSON',
    ],
    [
      'returns distances of all rows',
      (data, request) =>
        changed(plane(data, request), {
          distances: data.inputs.map(() => new Float64Array(data.inputs.length)),
        }) as LeastSquaresFit,
      'returns no more than in proportion to the rows',
    ],
    [
      'does not always climb',
      (data, request) => {
        const fit = plane(data, request);
        return changed(fit, { history: [...fit.history, 2 * fit.history.at(-1)!] });
      },
      'never falls on its way up',
    ],
    [
      'is lost where it is told to start',
      (data, request) => {
        const fit = plane(data, request);
        return changed(fit, { sigma2: fit.sigma2 * (request.initial === undefined ? 1 : 1.01) });
      },
      'stays where there is nothing to gain',
    ],
    [
      'is worse with more experts',
      (data, request) => {
        const fit = plane(data, request);
        return changed(fit, { sigma2: fit.sigma2 * (request.experts > 1 ? 10 : 1) });
      },
      'explains no less with more experts',
    ],
  ])('finds one that %s', (_, fit, check) => {
    expect(failing(fit, {}, (name) => name === check)).toEqual([check]);
  });

  test('wants exceptions to fail, and to be of checks that there are', () => {
    const isOfHistory = (name: string) => name.includes('never falls');
    const [stale] = failing(plane, { exceptions: { 'never falls on its way up': 'it may' } }, isOfHistory);
    expect(stale).toBe('not: never falls on its way up (it may)');
    const isOfNames = (name: string) => name.includes('exceptions');
    expect(failing(plane, { exceptions: { unheardOf: 'no reason' } }, isOfNames)).toEqual([
      'has no exceptions from checks that there are not',
    ]);
    const descending: Fit = (data, request) => changed(plane(data, request), { history: [1, 2] });
    expect(failing(descending, {}, isOfHistory)).toEqual(['never falls on its way up']);
    expect(
      failing(descending, { exceptions: { 'never falls on its way up': 'it hops' } }, isOfHistory),
    ).toEqual([]);
  });
});
