import { MoeError } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import { drawnMeasure, type MeasureShape } from '@tfjs-moe/measures';
import * as theory from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const { counterexamples, reportCard } = theory;
const functions = Object.fromEntries<unknown>([
  ...Object.entries(theory).filter(([, value]) => typeof value === 'function'),
  ...Object.entries(counterexamples),
]);

/** What JavaScript may hand over instead of what the types say. */
const odd: readonly unknown[] = ['x', {}, undefined, null, 3];

const expert = linear();
const measureOf = (gate: MeasureShape['gate'], experts = 2) =>
  drawnMeasure({ gate, expert, inputDim: 1, experts }, (spec, _part, name) =>
    Array.from({ length: spec.copies }, (_, copy) => 1 + copy + name.length / 4),
  );
const truth = measureOf(softmax());
const pair = { gate: softmax(), expert, inputDim: 1, experts: 2, budget: 500 };
const card = reportCard({ gate: softmax(), expert, inputDim: 1, experts: 2 }, { budget: 500 });
const family = {
  inputDim: 1,
  labels: [{ text: 'x', latex: 'x', order: 0 }],
  evaluate: <S>(_ring: unknown, x: readonly S[]) => [x[0]!],
};
const examination = theory.examine(family, { budget: 500 });

/** Arguments that are right; a list of them where more than one is asked for. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  reportCard: [{ gate: softmax(), expert, inputDim: 1, experts: 2 }, { budget: 500 }],
  reportCardText: [card],
  reportCardMarkdown: [card],
  identifiability: [pair],
  certificateToJSON: [pair],
  densityIdentifiability: [{ ...pair, model: { family: 'poisson' } }],
  rates: [{ gate: softmax(), expert }],
  sampleSize: [theory.rates({ gate: softmax(), expert }).rates[0], { accuracy: 1, at: { n: 10, error: 2 } }],
  leCamBound: [{ truth, other: truth, inputs: [[1]], deviation: 1, n: 10, separation: 1 }],
  interactions: [{ gate: softmax(), expert, inputDim: 1, budget: 500 }],
  decide: [family, { budget: 500 }],
  examine: [family, { budget: 500 }],
  verdictOf: [family, examination],
  namedRelation: ['formal ring', family.labels[0], []],
  functionDistance: [{ truth, other: truth }, [[1]]],
  amplitudeSplit: [measureOf(sigmoid()), {}],
  biasSplit: [truth, {}],
  scaleSplit: [truth, { parameters: ['kernel', 'bias'] }],
  commonTilt: [truth, { tilt: [1] }],
  rescaledTemperature: [measureOf(temperature()), {}],
  theoremTwo: [truth, { n: 2, r: 1 }],
  theoremThree: [measureOf(temperature()), { n: 2, r: 1 }],
  theoremSix: [measureOf(hierarchical({ groups: 2 }), 4), { n: 2, r: 1 }],
};
/** Arguments that may be left out, or be empty. */
const optional = [
  'reportCard 1',
  'decide 1',
  'examine 1',
  'amplitudeSplit 1',
  'biasSplit 1',
  'scaleSplit 1',
  'commonTilt 1',
  'rescaledTemperature 1',
];
const mayBe = (place: string, value: unknown) =>
  optional.includes(place) && (value === undefined || JSON.stringify(value) === '{}');

describe('an argument of a wrong type is refused by name, by', () => {
  test.each(Object.entries(calls))('%s', (name, args) => {
    const call = functions[name] as (...given: readonly unknown[]) => unknown;
    call(...args);
    for (const i of args.keys()) {
      for (const value of odd) {
        if (mayBe(`${name} ${i}`, value)) continue;
        const what = `argument ${i} of ${name} made ${JSON.stringify(value)}`;
        const error = failureOf(() => call(...args.map((arg, j) => (i === j ? value : arg))));
        expect(error, what).toBeInstanceOf(MoeError);
        expect((error as MoeError).who, what).toMatch(new RegExp(`^${name}`));
      }
    }
  });

  test('every function of the package', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(functions).sort());
  });
});

function failureOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
