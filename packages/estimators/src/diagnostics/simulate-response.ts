import type { Stream } from '@tfjs-moe/core';
import type { Rows } from '@tfjs-moe/measures';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { predictive } from './predictive.ts';

/**
 * Responses drawn from a fit: an expert by the gate's weights, then a number or a class from that expert's law.
 */
export function simulateResponse(fit: MaximumLikelihoodFit, rows: Rows, random: Stream): Float64Array {
  const { n, experts, weights, means, deviations, classes, units } = predictive(
    'simulateResponse',
    fit,
    rows,
  );
  return Float64Array.from({ length: n }, (_, i) => {
    const e = drawn(weights, i * experts, experts, random);
    if (deviations.length > 0) return means[i * experts + e]! + deviations[e]! * random.normal();
    return drawn(classes, (i * experts + e) * units, units, random);
  });
}

/** An index by probabilities that stand in a row from some place on. */
function drawn(probabilities: Float64Array, from: number, count: number, random: Stream): number {
  let rest = random.uniform();
  for (let k = 0; k < count - 1; k++) {
    rest -= probabilities[from + k]!;
    if (rest < 0) return k;
  }
  return count - 1;
}
