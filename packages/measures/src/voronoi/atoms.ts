import type { ParamSpecs } from '@tfjs-moe/core';
import type { Copies } from '../gauge/levels.ts';
import { type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';
import { trianglePlace } from '../vectors/innovations.ts';
import { numbersOf, type SoftmaxLevel } from './softmax-level.ts';

/**
 * A softmax of a measure, taken apart for the losses: the mass of every atom, the numbers that the gauge moves, and all
 * others.
 *
 * A linear router's $\beta_1$ may be shifted for all atoms together; scores may be scaled together with a learned
 * temperature. A parameter that all atoms share belongs to each of them, as $\tau$ does in the papers.
 *
 * Numbers of the atoms that one softmax weighs.
 */
export interface SoftmaxAtoms {
  /** $\beta_0$, or $\beta_0 / \tau$. */
  readonly logMasses: readonly number[];
  /** $\beta_1$ of a linear router: a common shift is not seen. */
  readonly shifted: readonly (readonly number[])[];
  /** The last kernel of another router, where a temperature hides its scale. */
  readonly scaled: readonly (readonly number[])[];
  /** All else of the router. */
  readonly fixed: readonly (readonly number[])[];
  /** $\tau$, where the gate has one. */
  readonly temperature: number | undefined;
  /** Whether scores and temperature have a common scale that is not seen. */
  readonly hasScale: boolean;
  readonly hasBias: boolean;
}

/** The softmax of a level, for the atoms or groups in some of its copies. */
export function softmaxAtoms(measure: MixingMeasure, level: SoftmaxLevel, copies: Copies): SoftmaxAtoms {
  const specs: ParamSpecs = measureSpecs(measure).gate;
  const of = (names: readonly string[]): number[][] => {
    const each = names.map((name) => numbersOf(specs[name]!, measure.gateParams[name]!, copies));
    return Array.from({ length: copies.count }, (_, i) => each.flatMap((numbers) => numbers[i]!));
  };
  const { bias, temperature, shifted, scaled, fixed, scale } = level;
  const tau = temperature === undefined ? undefined : measure.gateParams[temperature]?.[0];
  return {
    logMasses: of(bias === undefined ? [] : [bias]).map(([value = 0]) => value / (tau ?? 1)),
    shifted: of(shifted.map(({ name }) => name)),
    scaled: of(scaled),
    fixed: of(fixed),
    temperature: tau,
    hasScale: scale !== undefined,
    hasBias: bias !== undefined,
  };
}

/** A named part of every expert's numbers. */
export interface ExpertPart {
  readonly name: string;
  /** One list per atom. */
  readonly numbers: readonly (readonly number[])[];
}

/** The experts' numbers by name, for some of the atoms. */
export function expertParts(measure: MixingMeasure, copies: Copies): ExpertPart[] {
  return Object.entries(measureSpecs(measure).expert).map(([name, spec]) => ({
    name,
    numbers: numbersOf(spec, measure.expertParams[name]!, copies),
  }));
}

/**
 * What a loss compares of the dispersions of all atoms: the squares of deviations and scales, a shape itself; or nothing. Of
 * several responses the covariances, whose numbers beside the diagonal count twice, so that the norm is Frobenius's.
 */
export function variances({
  dispersions,
  covariances,
  experts,
  family,
}: MixingMeasure): (readonly number[])[] | undefined {
  if (covariances !== undefined)
    return Array.from({ length: experts }, (_, e) => inFrobenius(covariances[e] ?? covariances[0]!));
  if (dispersions === undefined) return undefined;
  const isScale = family === undefined || family.isLocationScale === true;
  return Array.from({ length: experts }, (_, e) => {
    const own = dispersions[e] ?? dispersions[0]!;
    return [isScale ? own ** 2 : own];
  });
}

function inFrobenius(covariance: readonly number[]): number[] {
  const numbers: number[] = [];
  for (let j = 0; numbers.length < covariance.length; j++)
    for (let k = 0; k <= j; k++) numbers.push((k === j ? 1 : Math.SQRT2) * covariance[trianglePlace(j, k)]!);
  return numbers;
}
