import { expectInteger, MoeError, mapNames, paramSize } from '@tfjs-moe/core';
import { measureSpecs, shiftGauge } from '@tfjs-moe/measures';
import type { Estimate, MaximumLikelihoodFit } from '../likelihood/fit.ts';

/**
 * The same fit with another expert as the reference of its gate: a softmax says only how much more one expert is preferred
 * to another, and whose parameters are 0 is a choice. Estimates, covariances and the measure are those of the differences.
 *
 * @param reference the expert whose gate becomes 0, from 1 as in the tables
 */
export function withReference(fit: MaximumLikelihoodFit, reference: number): MaximumLikelihoodFit {
  const who = 'withReference';
  const { experts, gate, gateParams } = fit.measure;
  expectInteger(who, 'reference', reference, { min: 1, max: experts });
  const specs = measureSpecs(fit.measure).gate;
  const gauge = shiftGauge(gate.config, experts);
  const flat =
    gauge.length > 0 &&
    gauge.every(({ name, copy }) => copy === experts - 1 && specs[name]?.copies === experts);
  if (!flat) throw new MoeError(who, 'the gate must be one softmax, which has a reference', gate.kind);
  const shifted = gauge.map(({ name }) => name);
  const numbers = mapNames(gateParams, (values, name) => {
    if (!shifted.includes(name)) return values;
    const size = paramSize(specs[name]!);
    return values.map((value, i) => value - values[(reference - 1) * size + (i % size)]!);
  });

  const group = `gate ${reference}`;
  const old = fit.estimates.find(({ part, status }) => part === 'gate' && status === 'reference')?.group;
  const isShifted = ({ part, parameter, status }: Estimate) =>
    part === 'gate' && shifted.includes(parameter) && status !== 'aliased';
  const minus = (estimate: Estimate) =>
    fit.estimates.findIndex(
      (other) => other.part === 'gate' && other.group === group && other.name === estimate.name,
    );
  const statusOf = (estimate: Estimate): Estimate['status'] => {
    if (!isShifted(estimate)) return estimate.status;
    if (estimate.group === group) return 'reference';
    const { status } = fit.estimates[minus(estimate)]!;
    // Of a difference to a number that the data do not determine, there is no standard error either.
    return estimate.group === old || status === 'not identified' ? status : estimate.status;
  };
  const estimates = fit.estimates.map((estimate) => ({
    ...estimate,
    value: isShifted(estimate) ? estimate.value - fit.estimates[minus(estimate)]!.value : estimate.value,
    status: statusOf(estimate),
  }));
  const estimated = estimates.flatMap(({ status }, i) => (status === 'estimated' ? [i] : []));
  /** What each new estimate is of the old ones: places with factors. */
  const combinations = estimated.map((i) => {
    const own = [[fit.estimated.indexOf(i), 1]] as [number, number][];
    const estimate = fit.estimates[i]!;
    if (isShifted(estimate)) own.push([fit.estimated.indexOf(minus(estimate)), -1]);
    return own.filter(([place]) => place >= 0);
  });
  const transformed = (covariance: readonly (readonly number[])[]) =>
    combinations.map((a) =>
      combinations.map((b) => {
        let sum = 0;
        for (const [i, f] of a) for (const [j, g] of b) sum += f * g * covariance[i]![j]!;
        return sum;
      }),
    );
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
