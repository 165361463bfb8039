import { MoeError } from '@tfjs-moe/core';
import { expectOneResponse, isOfClasses } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { AveragedRows } from './average-response.ts';

/**
 * Rows that a fit can read, at least one, with an offset where its own had one, and weights that can be averaged by.
 * @throws MoeError that names the first row that is wrong
 */
export function expectRows(who: string, fit: MaximumLikelihoodFit, rows: AveragedRows): AveragedRows {
  const { measure } = fit;
  expectOneResponse(who, measure);
  const { inputs, offset, weights } = rows;
  const n = inputs?.length;
  if (typeof n !== 'number' || typeof inputs === 'string')
    throw new MoeError(who, 'rows must be a list of rows of inputs', inputs);
  if (n === 0) throw new MoeError(who, 'rows must have at least one row', n);
  for (let i = 0; i < n; i++) {
    const row = inputs[i];
    if (row?.length !== measure.inputDim || !Array.from(row).every(Number.isFinite))
      throw new MoeError(who, `row ${i} of rows must have ${measure.inputDim} finite numbers`, row);
  }
  if (offset !== undefined && isOfClasses(fit))
    throw new MoeError(
      who,
      'classes have no offset: added to the outputs of all, it changes nothing',
      offset,
    );
  if (offset === undefined && fit.hasOffset === true)
    throw new MoeError(who, 'the fit has an offset: rows must have one, where there is none 0', offset);
  for (const [name, values] of Object.entries({ offset, weights })) {
    if (values === undefined) continue;
    if (values?.length !== n) throw new MoeError(who, `${name} must have ${n} numbers`, values?.length);
    const bad = Array.from(values).find(
      (value) => !Number.isFinite(value) || (name === 'weights' && value < 0),
    );
    if (bad !== undefined)
      throw new MoeError(who, `${name} must be finite${name === 'weights' ? ' and not negative' : ''}`, bad);
  }
  if (weights !== undefined && Array.from(weights).every((weight) => weight === 0))
    throw new MoeError(who, 'weights must not all be 0', 0);
  return rows;
}
