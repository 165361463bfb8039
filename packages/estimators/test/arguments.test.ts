import { MoeError } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import * as estimators from '../src/index.ts';
import * as plots from '../src/plots/index.ts';
import { ridge } from './testing/samples.ts';

const data = ridge();
const model = { gate: softmax(), expert: linear(), data, starts: 1 };
const fit = estimators.fitMaximumLikelihood({ ...model, experts: 2 });
const common = estimators.fitMaximumLikelihood({ ...model, experts: 2, variances: 'common' });
const options = {};
const losses = [100, 200, 400].map((n) => ({ n, loss: 1 / n }));
const variable = { name: 'first', values: [0], rowsAt: () => ({ inputs: [[0, 0]] }) };

/** Every function of the package with arguments that are right, and what an error may call each of them. */
const right: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  fitMaximumLikelihood: { options: { ...model, experts: 2 } },
  fitLeastSquares: { options: { ...model, experts: 2 } },
  selectExperts: { options: { ...model, range: [1, 1] } },
  crossValidate: { options: { ...model, experts: 1, folds: 2 } },
  penaltyPath: { options: { ...model, experts: 1, lambdas: [1] } },
  crossValidatePath: { options: { ...model, experts: 1, folds: 2, lambdas: [1] } },
  summary: { fit, options },
  coefficients: { fit, options },
  standardErrors: { fit, errors: 'observed' },
  vcov: { fit, errors: 'observed' },
  fitToJSON: { fit },
  fitFromJSON: { json: estimators.fitToJSON(fit) },
  withReference: { fit, reference: 1 },
  determination: { fit, options },
  contrasts: { fit, written: 'expert 1: first', options },
  waldTest: { fit, written: 'expert 1: first = 0', options },
  likelihoodRatioTest: { fit: common, larger: fit },
  testExperts: { options: { ...model, experts: 1, replicates: 1 } },
  expertsTestParts: { options: { ...model, experts: 1 } },
  aic: { fit },
  bic: { fit },
  icl: { fit },
  profileCurves: { fit, sample: data, written: 'expert 1: first', options },
  profileIntervals: { fit, sample: data, written: 'expert 1: first', options },
  marginalEffects: { fit, rows: data.inputs, options },
  averageEffects: { fit, variables: [variable], options },
  bootstrap: { fit, sample: data, options: { replicates: 2 } },
  bootstrapParts: { fit, sample: data, options },
  predictResponse: { measure: fit.measure, rows: data.inputs, options },
  expectedResponse: { fit, rows: data.inputs },
  residuals: { fit, sample: data, options },
  calibration: { fit, sample: data, options },
  calibrationPlot: { fit, sample: data, options },
  criteriaPlot: { argument: estimators.selectExperts({ ...model, range: [1, 1] }) },
  expertsPlot: { fit, sample: data, options },
  gatePlot: { fit, sample: data, options },
  historyPlot: { fit, options },
  observedPlot: { fit, sample: data, options },
  profilePlot: { argument: estimators.profileCurves(fit, data, 'expert 1: first')[0], options },
  qqPlot: { fit, sample: data, options },
  residualsPlot: { fit, sample: data, options },
  atomCoordinates: { measure: fit.measure },
  ratePlot: { curves: [{ name: 'function', losses }], options },
  rateSlope: { losses },
  voronoiPlot: { fitted: fit.measure, truth: fit.measure, options },
};

const functions = Object.entries({ ...estimators, ...plots } as Record<
  string,
  (...given: unknown[]) => unknown
>);

test('the table has every function that the package exports', () => {
  expect(Object.keys(right).sort()).toEqual(functions.map(([name]) => name).sort());
});

/** What may stand for what is left out, or for nothing. */
function isRight(argument: string, place: number, value: unknown): boolean {
  const mayBeLeftOut = place > 0 && ['options', 'errors'].includes(argument);
  if (value === undefined) return mayBeLeftOut;
  const empty: Readonly<Record<string, string | undefined>> = { options: mayBeLeftOut ? '{}' : undefined };
  return JSON.stringify(value) === (['rows', 'curves', 'losses'].includes(argument) ? '[]' : empty[argument]);
}

test.each(functions)('%s says who complains of which argument', (name, call) => {
  const values = Object.values(right[name]!);
  call(...values);
  for (const [place, argument] of Object.keys(right[name]!).entries()) {
    for (const value of ['x', {}, null, undefined, 3, [], [undefined]]) {
      if (isRight(argument, place, value)) continue;
      const given = `${argument} = ${JSON.stringify(value)}`;
      const error = thrownBy(() => call(...values.map((each, i) => (i === place ? value : each))));
      expect(error, given).toBeInstanceOf(MoeError);
      const { who, message } = error as MoeError;
      expect(who, given).toMatch(new RegExp(`^${name}\\b`));
      // Of an object of options that holds nothing, the first option that is needed.
      if (argument !== 'options' || typeof value !== 'object')
        expect(message, given).toContain(argument.replace(/s$/, ''));
    }
  }
});

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
