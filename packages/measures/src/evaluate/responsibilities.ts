import { MoeError } from '@tfjs-moe/core';
import { expectMeasure, type MixingMeasure } from '../measure/mixing-measure.ts';
import { evaluated, type Rows } from './evaluate.ts';

/** Inputs with the response to each; a sample of the estimators is one. */
export interface Observations {
  /** One row of D numbers per observation. */
  readonly inputs: Rows;
  /** One number per observation. */
  readonly response: ArrayLike<number>;
}

/**
 * Responsibilities: the probability, once the response is known, that an observation came from an expert,
 * $r_{ie} = \dfrac{w_e(x_i)\, \varphi(y_i; h(x_i, \eta_e), \sigma_e)}{\sum_j w_j(x_i)\, \varphi(y_i; h(x_i, \eta_j), \sigma_j)}$
 * with $\varphi$ the normal density.
 *
 * They say which expert explains which observation, and are what the E-step of the EM algorithm computes. Their largest
 * per row is a clustering.
 *
 * [rows, experts] in row-major order; every row sums to 1.
 *
 * Source: Jordan and Jacobs, "Hierarchical Mixtures of Experts and the EM Algorithm" (1994).
 *
 * @throws MoeError unless the measure has standard deviations and one unit, and all numbers are finite
 */
export function responsibilities(measure: MixingMeasure, observations: Observations): Float64Array {
  const who = 'responsibilities';
  const { experts, units = 1, standardDeviations } = expectMeasure(who, 'measure', measure);
  const { inputs, response } = observations ?? {};
  if (typeof response !== 'object' || response === null) {
    throw new MoeError(who, 'observations must be an object with inputs and response', observations);
  }
  if (standardDeviations === undefined) {
    throw new MoeError(who, 'the measure must have standardDeviations: only Gaussian experts have a density');
  }
  if (units !== 1) throw new MoeError(who, 'the experts must have one output', units);
  const { weights, outputs, n } = evaluated(who, measure, inputs, 'both');
  if (response.length !== n) throw new MoeError(who, `response must have ${n} numbers`, response.length);
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(response[i]))
      throw new MoeError(who, `response must hold finite numbers; row ${i} does not`, response[i]);
  }
  const result = new Float64Array(n * experts);
  for (let i = 0; i < n; i++) {
    const row = result.subarray(i * experts, (i + 1) * experts);
    let largest = -Infinity;
    for (let e = 0; e < experts; e++) {
      const sigma = (standardDeviations[e] ?? standardDeviations[0])!;
      const z = (response[i]! - outputs[i * experts + e]!) / sigma;
      const weight = weights[i * experts + e]!;
      // A row is not sent to an expert of weight 0, even where its output overflows.
      row[e] = weight === 0 ? -Infinity : Math.log(weight) - Math.log(sigma) - 0.5 * z * z;
      largest = Math.max(largest, row[e]!);
    }
    let sum = 0;
    for (let e = 0; e < experts; e++) {
      row[e] = Math.exp(row[e]! - largest);
      sum += row[e]!;
    }
    for (let e = 0; e < experts; e++) row[e] = row[e]! / sum;
  }
  return result;
}
