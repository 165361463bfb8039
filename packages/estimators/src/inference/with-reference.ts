import { expectInteger, MoeError, type Numbers } from '@tfjs-moe/core';
import { freedomsAt, inGauge, measureSpecs } from '@tfjs-moe/measures';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { Estimate, MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/**
 * The same fit with another expert as the reference of its gate: a softmax says only how much more one expert is preferred
 * to another, and whose parameters are 0 is a choice. Estimates, covariances and the measure are those of the differences.
 *
 * @param reference the expert whose gate becomes 0, from 1 as in the tables
 */
export function withReference(fit: MaximumLikelihoodFit, reference: number): MaximumLikelihoodFit {
  const who = 'withReference';
  expectFit(who, fit);
  const { experts, gate, gateParams, inputDim } = fit.measure;
  expectInteger(who, 'reference', reference, { min: 1, max: experts });
  const freedoms = freedomsAt(gate, inputDim, experts, reference - 1);
  if (freedoms === undefined)
    throw new MoeError(who, 'the gate must be one softmax, which has a reference', gate.kind);
  const specs = measureSpecs(fit.measure).gate;
  const moved = (numbers: Numbers) => inGauge({ freedoms }, specs, numbers);
  const shifted = freedoms.flatMap(({ fixed }) => fixed.map(({ name }) => name));
  const numbers = moved(gateParams);
  const placeOf = placesOf(fit.estimates);

  const group = `gate ${reference}`;
  const old = fit.estimates.find(({ part, status }) => part === 'gate' && status === 'reference')?.group;
  const isShifted = ({ part, parameter, status }: Estimate) =>
    part === 'gate' && shifted.includes(parameter) && status !== 'aliased';
  const statusOf = (estimate: Estimate): Estimate['status'] => {
    if (!isShifted(estimate)) return estimate.status;
    if (estimate.group === group) return 'reference';
    const { status } = fit.estimates.find(
      (other) => other.part === 'gate' && other.group === group && other.name === estimate.name,
    )!;
    // Of a difference to a number that the data do not determine, there is no standard error either.
    return estimate.group === old || status === 'not identified' ? status : estimate.status;
  };
  const estimates = fit.estimates.map((estimate, i) => ({
    ...estimate,
    value: isShifted(estimate) ? numbers[estimate.parameter]![placeOf[i]!]! : estimate.value,
    status: statusOf(estimate),
  }));
  const estimated = estimates.flatMap(({ status }, i) => (status === 'estimated' ? [i] : []));

  /** The derivatives of the new estimates by an old one; a change of reference is at most quadratic, so they are exact. */
  const derivativesBy = (j: number): Float64Array => {
    const by = fit.estimates[j]!;
    if (!isShifted(by)) return Float64Array.from(estimated, (i) => (i === j ? 1 : 0));
    const [above, below] = [1, -1].map((step) =>
      moved(withStep(gateParams, by.parameter, placeOf[j]!, step)),
    );
    return Float64Array.from(estimated, (i) => {
      const { part, parameter } = fit.estimates[i]!;
      const at = ({ [parameter]: values }: Numbers) => values![placeOf[i]!]!;
      return part === 'gate' && shifted.includes(parameter) ? (at(above!) - at(below!)) / 2 : 0;
    });
  };
  const columns = fit.estimated.map(derivativesBy);
  const transformed = (covariance: readonly (readonly number[])[]) => {
    const right = estimated.map((_, b) =>
      covariance.map((row) => row.reduce((sum, value, j) => sum + value * columns[j]![b]!, 0)),
    );
    return estimated.map((_, a) =>
      right.map((column) => column.reduce((sum, value, i) => sum + columns[i]![a]! * value, 0)),
    );
  };
  return {
    ...fit,
    measure: { ...fit.measure, gateParams: numbers },
    estimates,
    estimated,
    covariances: {
      observed: transformed(fit.covariances.observed),
      sandwich: transformed(fit.covariances.sandwich),
    },
  };
}

/** Of every estimate, its place among the numbers of its parameter. */
function placesOf(estimates: readonly Estimate[]): number[] {
  const next = new Map<string, number>();
  return estimates.map(({ part, parameter }) => {
    const key = `${part}/${parameter}`;
    const place = next.get(key) ?? 0;
    next.set(key, place + 1);
    return place;
  });
}

function withStep(numbers: Numbers, name: string, place: number, step: number): Numbers {
  return { ...numbers, [name]: numbers[name]!.map((value, i) => (i === place ? value + step : value)) };
}
