import { MoeError } from '@tfjs-moe/core';
import type { Rows } from '@tfjs-moe/measures';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { classesAt, expectRowOptions, mixed, predictive, type RowOptions } from './predictive.ts';
import { interleaved, marginalsOf } from './several.ts';

/**
 * What a fit by maximum likelihood expects of the response: $\mathrm{E}[y \mid x] = \sum_e g_e(x)\, \mathrm{E}_e[y \mid x]$, of
 * Gaussian experts $h(x, \eta_e)$, of counts $e^{h}$; or the probabilities of the classes, as R's
 * `predict(m, newdata, aggregate = TRUE)`.
 *
 * It differs from `predict(fit.measure, rows)`, what a layer with the same numbers computes, where the weights of a gate do
 * not sum to 1: top-1 keeps the softmax's weight there, while as a law the selected expert has probability 1.
 *
 * One number per row; of classes [rows, classes], of several responses [rows, responses] in row-major order.
 * @param options offsets and trials of the rows, of families that have them
 */
export function expectedResponse(
  fit: MaximumLikelihoodFit,
  rows: Rows,
  options: RowOptions = {},
): Float64Array {
  const who = 'expectedResponse';
  expectFit(who, fit);
  const { offset, trials } = expectRowOptions(who, options);
  if (fit.measure.covariances !== undefined) {
    if ((offset ?? trials) !== undefined)
      throw new MoeError(who, 'several responses have no offset and no trials', offset ?? trials);
    const laws = marginalsOf(who, fit.measure, rows);
    return interleaved(
      laws.map((law) => Float64Array.from({ length: law.n }, (_, i) => mixed(law, i, law.family.mean))),
    );
  }
  const law = predictive(who, fit, rows, { offset, trials });
  const { family, n } = law;
  if (family.isClass === true)
    return Float64Array.from(Array.from({ length: n }, (_, i) => classesAt(law, i)).flat());
  return Float64Array.from({ length: n }, (_, i) => mixed(law, i, (each) => family.mean(each)));
}
