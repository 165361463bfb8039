import { MoeError } from '@tfjs-moe/core';
import { expectUnpenalised } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { LinearCombination } from '../linear-combinations.ts';
import type { ErrorKind } from './coefficients.ts';

/** Part of its terms below which a sum is rounding. */
const CANCELLED = 1e-6;

/**
 * $R V R^\top$ for rows R, from the covariance of the estimates. A number that is 0 by convention has no variance; a
 * combination that the data determine has one, although none of its numbers may.
 * @throws MoeError where the data do not determine a combination, and for a fit with a penalty
 */
export function combinationCovariance(
  who: string,
  fit: MaximumLikelihoodFit,
  rows: readonly LinearCombination[],
  errors: ErrorKind,
): number[][] {
  expectUnpenalised(who, fit, 'standard errors');
  for (const row of rows) expectDetermined(who, fit, row);
  const { undetermined } = fit;
  const all = fit.estimates.map((_, i) => i);
  const [places, matrix] = undetermined
    ? [all, undetermined.covariances[errors]]
    : [fit.estimated, fit.covariances[errors]];
  const half = rows.map(({ coefficients }) =>
    places.map((_, j) => places.reduce((sum, place, i) => sum + coefficients[place]! * matrix[i]![j]!, 0)),
  );
  const table = half.map((left) =>
    rows.map(({ coefficients }) =>
      places.reduce((sum, place, j) => sum + left[j]! * coefficients[place]!, 0),
    ),
  );
  rows.forEach(({ text, coefficients }, r) => {
    const terms = places.reduce((sum, place, i) => sum + coefficients[place]! ** 2 * matrix[i]![i]!, 0);
    if (!(table[r]![r]! > CANCELLED ** 2 * terms))
      throw new MoeError(who, 'a combination written must not hold by the structure of the fit', text);
  });
  return table;
}

function expectDetermined(who: string, fit: MaximumLikelihoodFit, { text, coefficients }: LinearCombination) {
  const { estimates, undetermined } = fit;
  const stands = (i: number) => coefficients[i] !== 0;
  const is = (i: number, ...states: string[]) => stands(i) && states.includes(estimates[i]!.status);
  const moved = undetermined?.directions.some((direction) => {
    let sum = 0;
    let terms = 0;
    direction.forEach((value, i) => {
      sum += value * coefficients[i]!;
      terms += Math.abs(value * coefficients[i]!);
    });
    return Math.abs(sum) > CANCELLED * terms;
  });
  const open =
    undetermined === undefined ? ['aliased', 'at bound', 'not identified'] : ['aliased', 'at bound'];
  const place = estimates.findIndex((_, i) => is(i, ...open));
  const found = place >= 0 ? estimates[place] : moved ? { status: 'not identified' } : undefined;
  if (found === undefined) {
    if (estimates.some((_, i) => is(i, 'estimated', 'not identified'))) return;
    throw new MoeError(who, 'a combination written must have a name that was estimated', text);
  }
  const name = 'name' in found ? `${found.group}: ${found.name}` : 'it';
  throw new MoeError(
    who,
    `a combination written must be determined by the data; ${name} is ${found.status}`,
    text,
  );
}
