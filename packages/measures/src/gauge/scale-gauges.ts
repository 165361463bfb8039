import { type GateForm, initialValues, type Numbers, type ParamSpecs, stream } from '@tfjs-moe/core';
import { routerTraits } from '../reading/traits-of.ts';
import { type Copies, copiesIn, type Level, levelsOf, routerName, unitsOf } from './levels.ts';

/** Some copies of a parameter, which a scale c multiplies with $c^{\text{exponent}}$. */
export interface ScaledParameter {
  readonly name: string;
  readonly copies: Copies;
  readonly exponent: number;
}

/** A learned temperature whose scale the scores share. */
export interface ScaleGauge {
  /** The parameter $\tau$, one copy of it. */
  readonly temperature: string;
  readonly copy: number;
  /** What $\tau$ starts with. */
  readonly initial: number;
  /** What is scaled with it. */
  readonly scores: readonly ScaledParameter[];
}

/**
 * The temperatures in a gate that cannot be told from the scale of the scores: learned ones over a router whose score is
 * homogeneous in some of its parameters, $(c\pi + c\beta_0) / (c\tau)$.
 */
export function scaleGaugesOf(form: GateForm, specs: ParamSpecs, experts: number): ScaleGauge[] {
  return levelsOf(form, experts).flatMap((level) => scaleGaugesIn(level, specs));
}

/** Those of one level. */
export function scaleGaugesIn(level: Level, specs: ParamSpecs): ScaleGauge[] {
  const { form } = level;
  const temperature = form.type === 'competitive' ? form.temperature : undefined;
  if (temperature === undefined) return [];
  const { homogeneous = [] } = routerTraits(form.router);
  const free = homogeneous.find(
    ({ degree, parameters }) =>
      degree !== 0 && parameters.every((name) => isLearned(specs, routerName(form, name))),
  );
  if (free === undefined) return [];
  const names = free.parameters.map((name) => [routerName(form, name), 1 / free.degree] as const);
  const all = form.bias === undefined ? names : [...names, [form.bias, 1] as const];
  if (![temperature, ...all.map(([name]) => name)].every((name) => isLearned(specs, name))) return [];
  const spec = specs[temperature]!;
  const initial = initialValues(spec, stream(0, 'temperature'))[0]!;
  // What several instances share can only be scaled for all of them at once.
  const isJoint = [temperature, ...all.map(([name]) => name)].some((name) => specs[name]!.shared);
  const each = isJoint ? { sizes: [unitsOf(level)] } : level;
  return each.sizes.map((_, instance) => {
    const copiesOf = (name: string) => copiesIn(each, specs[name]!, instance);
    return {
      temperature,
      copy: copiesOf(temperature).first,
      initial,
      scores: all.map(([name, exponent]) => ({ name, copies: copiesOf(name), exponent })),
    };
  });
}

function isLearned(specs: ParamSpecs, name: string): boolean {
  return specs[name] !== undefined && specs[name].trainable !== false;
}

/** The numbers of a gate with scores and temperature multiplied by c. */
export function rescaled(
  { temperature, copy, scores }: ScaleGauge,
  specs: ParamSpecs,
  numbers: Numbers,
  c: number,
): Numbers {
  const result: Record<string, readonly number[]> = { ...numbers };
  for (const { name, copies, exponent } of scores) {
    const size = numbers[name]!.length / specs[name]!.copies;
    const [from, until] = [copies.first * size, (copies.first + copies.count) * size];
    const factor = exponent === 1 ? c : c ** exponent;
    result[name] = numbers[name]!.map((value, i) => (i >= from && i < until ? value * factor : value));
  }
  result[temperature] = numbers[temperature]!.map((value, i) => (i === copy ? value * c : value));
  return result;
}

/** Whether numbers lie in the boxes of their parameters. */
export function isInside(specs: ParamSpecs, numbers: Numbers): boolean {
  return Object.entries(specs).every(([name, { constraint = {} }]) => {
    const { min = -Infinity, max = Infinity } = constraint;
    return numbers[name]!.every((value) => value >= min && value <= max);
  });
}
