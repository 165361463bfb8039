import type { Rows } from '@tfjs-moe/measures';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { predictive } from './predictive.ts';

/**
 * What a fit by maximum likelihood expects of the response: $\mathrm{E}[y \mid x] = \sum_e g_e(x)\, h(x, \eta_e)$, or the
 * probabilities of the classes, as R's `predict(m, newdata, aggregate = TRUE)`.
 *
 * It differs from `predict(fit.measure, rows)`, what a layer with the same numbers computes, where the weights of a gate do
 * not sum to 1: top-1 keeps the softmax's weight there, while as a law the selected expert has probability 1.
 *
 * One number per row; of classes [rows, classes] in row-major order.
 */
export function expectedResponse(fit: MaximumLikelihoodFit, rows: Rows): Float64Array {
  const { n, experts, weights, means, classes, units } = predictive('expectedResponse', fit, rows);
  const outputs = fit.response === 'multinomial' ? classes : means;
  const result = new Float64Array(n * units);
  weights.forEach((weight, place) => {
    // An expert that a row is not sent to has no say, even where its output overflows.
    if (weight === 0) return;
    const to = Math.floor(place / experts) * units;
    for (let u = 0; u < units; u++) result[to + u] = result[to + u]! + weight * outputs[place * units + u]!;
  });
  return result;
}
