import { MoeError } from '@tfjs-moe/core';
import { getFamily } from '@tfjs-moe/measures';
import { type Evaluate, mixtureRows } from './likelihood/passes/mixture-rows.ts';
import { logLikelihoodAt } from './likelihood/passes/value-pass.ts';
import { makeProblem } from './likelihood/problem/make-problem.ts';
import { checkOptions } from './likelihood/problem/options.ts';
import type { Problem } from './likelihood/problem/problem.ts';
import { expectFit } from './likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from './likelihood/report/fit.ts';
import { modelOf } from './model-of.ts';
import { type Columns, columnsOfSample, responsesOf, type Sample } from './sample.ts';
import { sidesOf } from './sides.ts';

/** Part of a log-likelihood that rounding may change. */
const CLOSE = 1e-6;

/**
 * The columns of a sample that a fit has a law for: as many inputs, under the fit's names where it names them, responses that
 * its family gives probability to, and an offset and trials where the fit's own sample had them.
 * @throws MoeError that names what does not belong to the fit
 */
export function columnsForFit(who: string, fit: MaximumLikelihoodFit, sample: Sample): Columns {
  expectFit(who, fit);
  const columns = columnsOfSample(who, sample, 'the sample', true);
  const { inputDim, gate, expert, covariances, units = 1 } = fit.measure;
  if (columns.inputDim !== inputDim)
    throw new MoeError(who, `the sample must have the fit's ${inputDim} inputs`, columns.inputDim);
  if (sample.inputNames !== undefined && `${sample.inputNames}` !== `${fit.inputNames}`)
    throw new MoeError(
      who,
      `the sample must have the fit's inputs, ${fit.inputNames.join(', ')}`,
      sample.inputNames,
    );
  const sides = sidesOf(who, { gate, expert }, columns);
  for (const side of ['gate', 'expert'] as const)
    if (JSON.stringify(sides[side].config) !== JSON.stringify(fit.measure[side].config))
      throw new MoeError(who, `${side}Inputs must be those of the fit`, sample[`${side}Inputs`]);
  const names = responsesOf(columns).map(({ name }) => name);
  const { responseNames = names } = fit;
  if (names.length !== (covariances === undefined ? 1 : units) || `${names}` !== `${responseNames}`)
    throw new MoeError(who, `the sample must have the fit's responses`, names);
  const family = getFamily(fit.family, who);
  expectColumn(who, columns, 'offset', fit.hasOffset, 'for rows without one 0');
  expectColumn(who, columns, 'trials', fit.hasTrials, 'for rows of a single one 1');
  if (columns.trials !== undefined && family.hasTrials !== true)
    throw new MoeError(who, 'trials are of a family that has them, as binomial', family.kind);
  if (columns.offset !== undefined && (family.isClass === true || covariances !== undefined))
    throw new MoeError(who, 'the fit has no offset, and no law with one', sample.offset);
  family.expectResponse(who, columns);
  const { response, weights } = columns;
  const stranger = response.findIndex((y, i) => family.isClass === true && weights[i]! > 0 && y >= units);
  if (stranger >= 0)
    throw new MoeError(
      who,
      `the response must be one of the fit's ${units} classes, from 0; row ${stranger} is not`,
      response[stranger],
    );
  return columns;
}

/** Refuses a sample without a column that the fit's own had. */
function expectColumn(
  who: string,
  columns: Columns,
  name: 'offset' | 'trials',
  isNeeded: boolean | undefined,
  none: string,
): void {
  if (isNeeded !== true || columns[name] !== undefined) return;
  throw new MoeError(who, `the sample must have ${name}, as the fit's own: ${none}`, columns[name]);
}

/** What a fit maximised, and the point that it found. */
export interface FittedProblem {
  readonly problem: Problem;
  readonly evaluate: Evaluate;
  readonly at: Float64Array;
}

/**
 * The problem of a fit, from its own sample: one with the same rows and the same likelihood.
 * @throws MoeError for any other sample
 */
export function problemOfFit(who: string, fit: MaximumLikelihoodFit, sample: Sample): FittedProblem {
  const { n, groups } = columnsForFit(who, fit, sample);
  if (fit.n !== n) throw new MoeError(who, `the sample must be the fit's, with ${fit.n} rows`, n);
  if ((fit.groups === undefined) !== (groups === undefined))
    throw new MoeError(who, `the sample must be the fit's, with${fit.groups ? '' : 'out'} groups`);
  const problem = makeProblem({ who, ...checkOptions(who, modelOf(fit, sample)), fixed: fit.measure });
  const evaluate = mixtureRows(problem);
  const at = problem.coordinates.fromNumbers(problem.layout.numbersOf(fit.measure));
  const value = logLikelihoodAt(problem, evaluate, at);
  const wanted = fit.penalisedLogLikelihood ?? fit.logLikelihood;
  if (!(Math.abs(value - wanted) < CLOSE * (1 + Math.abs(value))))
    throw new MoeError(who, `the sample must be the fit's, with the log-likelihood ${wanted}`, value);
  return { problem, evaluate, at };
}
