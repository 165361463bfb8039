import { evaluated, lawOfWeights, type Rows } from '@tfjs-moe/measures';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

export interface Predictive {
  readonly n: number;
  readonly experts: number;
  /** $g_e(x_i)$, [n, experts] in row-major order. */
  readonly weights: Float64Array;
  /** Gaussian: $h_e(x_i)$, [n, experts]. */
  readonly means: Float64Array;
  /** Gaussian: $\sigma_e$. */
  readonly deviations: readonly number[];
  /** Multinomial: class probabilities of every expert, [n, experts, classes]. */
  readonly classes: Float64Array;
  readonly units: number;
}

/**
 * The law of the response that a fit predicts at given inputs, row by row: mixture weights, means, deviations or class
 * probabilities.
 */
export function predictive(who: string, fit: MaximumLikelihoodFit, rows: Rows): Predictive {
  expectFit(who, fit);
  const { measure, response } = fit;
  const { experts, units = 1, standardDeviations = [] } = measure;
  const { n, weights, outputs } = evaluated(who, measure, rows, 'both');
  const isClasses = response === 'multinomial';
  return {
    n,
    experts,
    weights: lawOfWeights(measure, weights),
    means: isClasses ? new Float64Array(0) : outputs,
    deviations: Array.from(
      { length: isClasses ? 0 : experts },
      (_, e) => standardDeviations[e] ?? standardDeviations[0]!,
    ),
    classes: isClasses ? softmaxOf(outputs, units) : new Float64Array(0),
    units,
  };
}

/** Every run of `units` logits as probabilities. */
function softmaxOf(logits: Float64Array, units: number): Float64Array {
  const result = logits.slice();
  for (let from = 0; from < result.length; from += units) {
    const run = result.subarray(from, from + units);
    const largest = run.reduce((most, value) => Math.max(most, value), -Infinity);
    let sum = 0;
    for (let c = 0; c < units; c++) {
      run[c] = Math.exp(run[c]! - largest);
      sum += run[c]!;
    }
    for (let c = 0; c < units; c++) run[c] = run[c]! / sum;
  }
  return result;
}

/** $\log p(y_i \mid x_i)$ of every row. */
export function logDensities(law: Predictive, response: ArrayLike<number>): Float64Array {
  const { n, experts, weights, means, deviations, classes, units } = law;
  const result = new Float64Array(n);
  const terms = new Float64Array(experts);
  for (let i = 0; i < n; i++) {
    const y = response[i]!;
    let largest = -Infinity;
    for (let e = 0; e < experts; e++) {
      const place = i * experts + e;
      const z = deviations.length > 0 ? (y - means[place]!) / deviations[e]! : 0;
      const log =
        deviations.length > 0
          ? -0.5 * z * z - Math.log(deviations[e]!) - 0.9189385332046728
          : Math.log(classes[place * units + y]!);
      terms[e] = Math.log(weights[place]!) + log;
      largest = Math.max(largest, terms[e]!);
    }
    let sum = 0;
    for (let e = 0; e < experts; e++) sum += Math.exp(terms[e]! - largest);
    result[i] = largest === -Infinity ? -Infinity : largest + Math.log(sum);
  }
  return result;
}
