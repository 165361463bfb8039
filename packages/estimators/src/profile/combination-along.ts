import { freedomsAt, inGauge, measureSpecs } from '@tfjs-moe/measures';
import type { Problem } from '../likelihood/problem/problem.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { LinearCombination } from '../linear-combinations.ts';

/**
 * A combination of a fit's estimates as one of the coordinates of its problem, $a^\top u + b$ with a returned. A dispersion
 * alone is meant by its logarithm.
 */
export function combinationAlong(
  fit: MaximumLikelihoodFit,
  { coordinates, layout }: Problem,
  { coefficients }: LinearCombination,
): Float64Array {
  const numbersOf = inReference(fit);
  const valueAt = (at: Float64Array) => {
    const numbers = numbersOf(coordinates.toNumbers(at), layout);
    return coefficients.reduce((sum, factor, i) => (factor === 0 ? sum : sum + factor * numbers[i]!), 0);
  };
  const origin = new Float64Array(coordinates.size);
  const rest = valueAt(origin);
  // Differences of an affine map are exact.
  return origin.map((_, j) => {
    const unit = origin.slice();
    unit[j] = 1;
    return valueAt(unit) - rest;
  });
}

/** Numbers of the problem, whose gate has the last expert as its reference, with the fit's. */
function inReference({
  measure,
  estimates,
}: MaximumLikelihoodFit): (numbers: Float64Array, layout: Problem['layout']) => Float64Array {
  const { gate, inputDim, experts } = measure;
  const group = estimates.find(({ part, status }) => part === 'gate' && status === 'reference')?.group;
  const reference = Number(/^gate (\d+)$/.exec(group ?? '')?.[1] ?? experts);
  const freedoms = reference < experts ? freedomsAt(gate, inputDim, experts, reference - 1) : undefined;
  if (freedoms === undefined) return (numbers) => numbers;
  const specs = measureSpecs(measure).gate;
  return (numbers, layout) => {
    const moved = inGauge({ freedoms }, specs, layout.measureAt(numbers).gateParams);
    const result = numbers.slice();
    let place = 0;
    for (const [name, spec] of Object.entries(specs))
      if (spec.trainable !== false) for (const value of moved[name]!) result[place++] = value;
    return result;
  };
}
