/**
 * A softmax of a measure, taken apart for the losses: the mass of every atom, the numbers that the gauge moves, and all
 * others.
 *
 * A linear router's $\beta_1$ may be shifted for all atoms together; scores may be scaled together with a learned
 * temperature. A parameter that all atoms share belongs to each of them, as $\tau$ does in the papers.
 */
import { type Config, type GateParamSpec, paramSize } from '@tfjs-moe/core';
import { scaleGauges } from '../gauge/gauge.ts';
import { type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';

/** Numbers of the atoms that one softmax weighs. */
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

export interface Copies {
  /** First copy, and how many. */
  readonly first: number;
  readonly count: number;
}

/** The softmax of a gate, itself or part of another under a path. */
export function softmaxAtoms(
  measure: MixingMeasure,
  gate: Config,
  path: string,
  copies: Copies,
): SoftmaxAtoms {
  const specs = measureSpecs(measure).gate;
  const weighting = gate.kind === 'topK' ? (gate.weighting as Config) : gate;
  const tau = measure.gateParams[`${path}temperature`]?.[0];
  const scale = scaleGauges(weighting, path).find(({ temperature }) => temperature === `${path}temperature`);
  const linear = (weighting.router as Config).kind === 'linear' ? `${path}router/kernel` : undefined;
  const homogeneous = scale?.scores.find((name) => name !== `${path}bias`);
  const names = Object.keys(specs).filter((name) => name.startsWith(`${path}router/`));
  const others = names.filter((name) => name !== linear && name !== homogeneous);
  const of = (name: string | undefined): number[][] =>
    name === undefined || specs[name] === undefined
      ? Array.from({ length: copies.count }, () => [])
      : numbersOf(specs[name] as GateParamSpec, measure.gateParams[name] as readonly number[], copies);
  const fixed = others.map(of);
  const biases = of(`${path}bias`);
  return {
    logMasses: biases.map(([bias = 0]) => bias / (tau ?? 1)),
    shifted: of(linear),
    scaled: of(homogeneous === linear ? undefined : homogeneous),
    fixed: Array.from({ length: copies.count }, (_, i) => fixed.flatMap((numbers) => numbers[i] as number[])),
    temperature: tau,
    hasScale: scale !== undefined,
    hasBias: specs[`${path}bias`] !== undefined,
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
    numbers: numbersOf(spec, measure.expertParams[name] as readonly number[], copies),
  }));
}

/** $\sigma^2$ of every atom, or nothing. */
export function variances({ standardDeviations, experts }: MixingMeasure): number[] | undefined {
  if (standardDeviations === undefined) return undefined;
  return Array.from(
    { length: experts },
    (_, e) => (standardDeviations[e] ?? (standardDeviations[0] as number)) ** 2,
  );
}

function numbersOf(spec: GateParamSpec, all: readonly number[], { first, count }: Copies): number[][] {
  const size = paramSize(spec);
  return Array.from({ length: count }, (_, i) => {
    const copy = spec.shared ? 0 : first + i;
    return all.slice(copy * size, (copy + 1) * size);
  });
}
