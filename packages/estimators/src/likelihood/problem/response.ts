import { MoeError } from '@tfjs-moe/core';
import type { Columns } from '../../sample.ts';
import { type Density, gaussianDensity, multinomialDensity } from './density.ts';

/** What is subtracted from a response, and what it is then divided by. */
export interface ResponseUnits {
  readonly centre: number;
  readonly scale: number;
}

/** The response of a sample: a number, in units that the optimiser finds convenient, or a class, which has none. */
export interface Response {
  readonly isNumber: boolean;
  density(units: ResponseUnits): Density;
  /** What the logarithms of the densities of all rows, weighted, lack for the units. */
  logScale(units: ResponseUnits): number;
  /** Smallest $\log\sigma$ in the units. */
  logSigmaFloor(units: ResponseUnits): number;
}

export const NO_UNITS: ResponseUnits = { centre: 0, scale: 1 };

/** @param minVariance smallest variance as a part of that of the response */
export function numbersOf(who: string, data: Columns, minVariance: number): Response {
  const variance = varianceOf(who, data);
  return {
    isNumber: true,
    density: ({ centre, scale }) => gaussianDensity(data.response.map((value) => (value - centre) / scale)),
    logScale: ({ scale }) => -data.totalWeight * Math.log(scale),
    logSigmaFloor: ({ scale }) => 0.5 * Math.log(minVariance * variance) - Math.log(scale),
  };
}

export function classesOf(data: Columns, classes: number): Response {
  return {
    isNumber: false,
    density: () => multinomialDensity(data.response, classes),
    logScale: () => 0,
    logSigmaFloor: () => Number.NEGATIVE_INFINITY,
  };
}

function varianceOf(who: string, { response, weights, totalWeight }: Columns): number {
  const first = response.find((_, i) => weights[i]! > 0)!;
  if (response.every((y, i) => y === first || weights[i] === 0)) {
    throw new MoeError(who, 'the response must not be constant, or the likelihood has no maximum', first);
  }
  const mean = response.reduce((sum, y, i) => sum + (weights[i]! * y) / totalWeight, 0);
  const variance = response.reduce((sum, y, i) => sum + (weights[i]! * (y - mean) ** 2) / totalWeight, 0);
  if (variance > 0 && Number.isFinite(variance)) return variance;
  throw new MoeError(
    who,
    'the variance of the response must be a positive number: change its unit',
    variance,
  );
}
