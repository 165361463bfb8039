import { type Gate, stream } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import {
  euclideanRouter,
  hierarchical,
  mlpRouter,
  sigmoid,
  softmax,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { type MeasureShape, measureParts } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { randomMeasure } from '../../../measures/test/measures.ts';
import { fitLeastSquares, fitMaximumLikelihood } from '../../src/index.ts';
import { columnsOfSample } from '../../src/sample.ts';
import { inUnits, standardUnits } from '../../src/units/standard-units.ts';

const random = stream(8, 'units');
const rows = Array.from({ length: 40 }, () => [1000 + 50 * random.normal(), 0.01 * random.normal() - 3]);
const data = columnsOfSample('test', {
  inputs: rows,
  response: rows.map(([a]) => 0.1 * a! + random.normal()),
});

const ridge = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const shapes: [
  string,
  Gate,
  MeasureShape['expert'],
  { gate: boolean; expert: boolean; response: boolean },
][] = [
  ['linear', softmax(), linear(), { gate: true, expert: true, response: true }],
  ['two layers', topK({ k: 2 }), ffn({ hiddenUnits: [2] }), { gate: true, expert: true, response: true }],
  ['one unit', sigmoid(), ffn({ hiddenUnits: [1, 1] }), { gate: true, expert: true, response: true }],
  ['ridge', hierarchical({ groups: 2 }), ridge, { gate: true, expert: true, response: false }],
  [
    'gated',
    temperature(),
    gatedFfn({ hiddenUnits: 2, useBias: true }),
    { gate: true, expert: true, response: true },
  ],
  [
    'mlp router',
    softmax({ router: mlpRouter({ hiddenUnits: 3 }) }),
    constant(),
    { gate: true, expert: false, response: true },
  ],
  [
    'normalised',
    softmax({ router: euclideanRouter() }),
    normalizedFfn({ hiddenUnits: 2 }),
    { gate: false, expert: false, response: true },
  ],
  [
    'power',
    topK({ k: 1, biasInSelection: false }),
    polynomial(),
    { gate: false, expert: true, response: false },
  ],
];

describe('standard units', () => {
  test.each(shapes)(
    '%s: a measure says the same in both, and goes there and back',
    (_, gate, expert, takes) => {
      const measure = {
        ...randomMeasure(gate, expert, { experts: 4, inputDim: 2 }),
        dispersions: [0.5],
      };
      const units = standardUnits(measure, data, { isNumber: true });
      expect(units.gate.means.every((mean) => mean !== 0)).toBe(takes.gate);
      expect(units.expert.means.every((mean) => mean !== 0)).toBe(takes.expert);
      expect(units.response.scale !== 1).toBe(takes.response);
      const there = units.toData(measure);
      const rowsOf = (of: { means: readonly number[]; scales: readonly number[] }) => {
        const columns = inUnits(data.inputs, of);
        return rows.map((_row, i) => columns.map((column) => column[i]!));
      };
      const weights = [measureParts(measure, rowsOf(units.gate)).weights, measureParts(there, rows).weights];
      const outputs = [
        measureParts(measure, rowsOf(units.expert)).outputs,
        measureParts(there, rows).outputs,
      ];
      const { centre, scale } = units.response;
      weights[0]!.forEach((value, i) => {
        expect(weights[1]![i]).toBeCloseTo(value, 8);
      });
      outputs[0]!.forEach((value, i) => {
        expect((outputs[1]![i]! - centre) / scale).toBeCloseTo(value, 7);
      });
      expect(there.dispersions![0]).toBeCloseTo(0.5 * scale, 12);
      const back = units.fromData(there);
      for (const part of ['gateParams', 'expertParams'] as const) {
        for (const [name, values] of Object.entries(measure[part]))
          back[part][name]!.forEach((value, i) => {
            expect(value).toBeCloseTo(values[i]!, 8);
          });
      }
    },
  );
});

describe('fits of inputs around 1000', () => {
  const draw = stream(5, 'raw');
  const z = Array.from({ length: 200 }, () => draw.normal());
  const response = z.map(
    (a) => (a + 0.5 * draw.normal() > 0.3 ? Math.max(0, 2 * a + 1) : 0.3 - 0.8 * a) + 0.15 * draw.normal(),
  );
  const model = {
    gate: softmax(),
    expert: ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
    experts: 2,
  } as const;
  const plain = { inputs: z.map((a) => [a]), response };
  const far = { inputs: z.map((a) => [1000 + 50 * a]), response };

  test('have the optimum of standard ones, by least squares', () => {
    const mean = z.map((a) => {
      const share = 1 / (1 + Math.exp(-4 * (a - 0.3)));
      return share * Math.max(0, 2 * a + 1) + (1 - share) * Math.max(0, 0.3 - 0.8 * a) + 0.1 * draw.normal();
    });
    const [one, other] = [plain, far].map((sample) =>
      fitLeastSquares({ ...model, data: { ...sample, response: mean }, starts: 6 }),
    );
    expect(other!.converged).toBe(true);
    expect(other!.residualSumOfSquares).toBeCloseTo(one!.residualSumOfSquares, 6);
  });

  test('and by maximum likelihood', () => {
    const [one, other] = [plain, far].map((sample) =>
      fitMaximumLikelihood({ ...model, data: sample, starts: 6 }),
    );
    expect(other!.converged).toBe(true);
    expect(other!.logLikelihood).toBeCloseTo(one!.logLikelihood, 6);
    const slope = one!.measure.expertParams['layer_1/kernel']!;
    other!.measure.expertParams['layer_1/kernel']!.forEach((value, i) => {
      expect(50 * value).toBeCloseTo(slope[i]!, 4);
    });
  });
});
