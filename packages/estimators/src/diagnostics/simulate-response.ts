import type { Stream } from '@tfjs-moe/core';
import type { Rows } from '@tfjs-moe/measures';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { lawAt, predictive, type RowOptions } from './predictive.ts';

/**
 * Responses drawn from a fit: an expert by the gate's weights, then a response from that expert's law. Rows of a group
 * have the expert that was drawn for its first row.
 */
export function simulateResponse(
  fit: MaximumLikelihoodFit,
  rows: Rows,
  random: Stream,
  options: RowOptions = {},
): Float64Array {
  const law = predictive('simulateResponse', fit, rows, options);
  const { n, experts, weights, family } = law;
  const { groups } = options;
  const expertOf = new Map<string | number, number>();
  return Float64Array.from({ length: n }, (_, i) => {
    const group = groups?.[i];
    const expert =
      (group === undefined ? undefined : expertOf.get(group)) ?? drawn(weights, i * experts, experts, random);
    if (group !== undefined) expertOf.set(group, expert);
    return family.draw(lawAt(law, i, expert), random);
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
