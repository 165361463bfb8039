/**
 * An estimate at the temperature of its start, where no sample shows the temperature.
 *
 * With a homogeneous router, $(\beta_1, \beta_0, \tau)$ and $c\,(\beta_1, \beta_0, \tau)$ are the same function for every c,
 * so that every point of that ray has the least sum of squares. Our estimators return the one whose $\tau$ is what the gate
 * begins with, which is a convention and no estimate. A study of what the data say takes the point that the search began at.
 */
import { mapNames } from '@tfjs-moe/core';
import { type MixingMeasure, predict } from '@tfjs-moe/measures';

const ROUNDING = 1e-9;

/**
 * @param start where the search for `estimate` began
 * @param rows inputs at which functions are compared
 * @returns the estimate itself where its temperature matters
 */
export function atStartTemperature(
  estimate: MixingMeasure,
  start: MixingMeasure,
  rows: readonly (readonly number[])[],
): MixingMeasure {
  const [tau] = estimate.gateParams.temperature ?? [];
  const [begun] = start.gateParams.temperature ?? [];
  if (tau === undefined || begun === undefined) return estimate;
  const scaled = {
    ...estimate,
    gateParams: mapNames(estimate.gateParams, (numbers) => numbers.map((value) => (value * begun) / tau)),
  };
  const [before, after] = [predict(estimate, rows), predict(scaled, rows)];
  const isSame = before.every((value, i) => Math.abs(value - after[i]!) <= ROUNDING * (1 + Math.abs(value)));
  return isSame ? scaled : estimate;
}
