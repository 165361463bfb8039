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
  const isShifted = ({ part, parameter, status }: Estimate) =>
    part === 'gate' && shifted.includes(parameter) && status !== 'aliased';
  /** The derivatives of all estimates by an old one; a change of reference is at most quadratic, so they are exact. */
  const derivativesBy = (by: Estimate, j: number): Float64Array => {
    if (!isShifted(by)) return Float64Array.from(fit.estimates, (_, i) => (i === j ? 1 : 0));
    // A step as large as the numbers, which at the end of a climb to infinity are large, loses no digits.
    const largest = gateParams[by.parameter]!.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const step = 2 ** Math.ceil(Math.log2(largest));
    const [above, below] = [step, -step].map((each) =>
      moved(withStep(gateParams, by.parameter, placeOf[j]!, each)),
    );
    return Float64Array.from(fit.estimates, ({ part, parameter }, i) => {
      const at = ({ [parameter]: values }: Numbers) => values![placeOf[i]!]!;
      return part === 'gate' && shifted.includes(parameter) ? (at(above!) - at(below!)) / (2 * step) : 0;
    });
  };
  const columns = fit.estimates.map(derivativesBy);
  const all = fit.estimates.map((_, i) => i);
  const { undetermined } = fit;
  // Where nothing more is known, every number that is not determined moves on its own.
  const known =
    undetermined?.directions ??
    fit.estimates.flatMap(({ status }, i) =>
      status === 'not identified' ? [all.map((j) => (i === j ? 1 : 0))] : [],
    );
  const directions = known.map((old) => movedAlong(columns, old));
  const statusOf = (estimate: Estimate, i: number): Estimate['status'] => {
    if (!isShifted(estimate)) return estimate.status;
    if (estimate.group === group) return 'reference';
    const { status } = fit.estimates.find(
      (other) => other.part === 'gate' && other.group === group && other.name === estimate.name,
    )!;
    // Of a difference to a number that was left out there is none either.
    if (status === 'aliased') return status;
    if (fit.penalty !== undefined) return 'penalised';
    if (directions.some((direction) => direction[i] !== 0)) return 'not identified';
    const isMoved = fit.estimates.some(
      (old, j) => ['estimated', 'not identified'].includes(old.status) && columns[j]![i] !== 0,
    );
    return isMoved ? 'estimated' : 'fixed';
  };
  const estimates = fit.estimates.map((estimate, i) => ({
    ...estimate,
    value: isShifted(estimate) ? numbers[estimate.parameter]![placeOf[i]!]! : estimate.value,
    status: statusOf(estimate, i),
  }));
  const estimated = estimates.flatMap(({ status }, i) => (status === 'estimated' ? [i] : []));
  /** C between some old estimates, as T C T' between some new ones. */
  const transformed = (
    covariance: readonly (readonly number[])[],
    from: readonly number[],
    to: readonly number[],
  ) => {
    const right = to.map((b) =>
      covariance.map((row) => row.reduce((sum, value, j) => sum + value * columns[from[j]!]![b]!, 0)),
    );
    return to.map((a) =>
      right.map((column) => column.reduce((sum, value, i) => sum + columns[from[i]!]![a]! * value, 0)),
    );
  };
  const between = (to: readonly number[]) => {
    const [old, from] =
      undetermined === undefined ? [fit.covariances, fit.estimated] : [undetermined.covariances, all];
    return {
      observed: transformed(old.observed, from, to),
      sandwich: transformed(old.sandwich, from, to),
    };
  };
  return {
    ...fit,
    measure: { ...fit.measure, gateParams: numbers },
    estimates,
    estimated,
    // Which differences another reference shows is said of the first.
    warnings: fit.warnings.map(({ remedy, ...warning }) => ({
      ...warning,
      ...(remedy !== undefined && warning.reason !== 'separated gate' && { remedy }),
    })),
    covariances: between(estimated),
    ...(undetermined !== undefined && {
      undetermined: { directions: directions.map((direction) => [...direction]), covariances: between(all) },
    }),
  };
}

/** Part of its terms below which a sum is rounding. */
const CANCELLED = 1e-6;

/** A direction of the old estimates as one of the new; 0 where what moves cancels. */
function movedAlong(columns: readonly Float64Array[], old: readonly number[]): Float64Array {
  return Float64Array.from(old, (_, i) => {
    let sum = 0;
    let terms = 0;
    old.forEach((value, j) => {
      sum += columns[j]![i]! * value;
      terms += Math.abs(columns[j]![i]! * value);
    });
    return Math.abs(sum) > CANCELLED * terms ? sum : 0;
  });
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
