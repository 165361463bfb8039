import { MoeError } from '@tfjs-moe/core';
import type { Estimate, MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { getFamily, measureSpecs } from '@tfjs-moe/measures';
import type { Restriction } from '@tfjs-moe/theory';

/** What the structure of a fit leaves to estimate, as theory is told it. */
export interface FittedRestriction extends Pick<Restriction, 'known' | 'tied'> {
  /** Whether all experts share the number beside their outputs. */
  readonly hasOneDispersion: boolean;
}

/** A number of a fit with its place in the measure. */
interface Placed extends Estimate {
  readonly part: 'gate' | 'expert';
  /** As theory names it, without the copy: `expert/kernel[0,0]`. */
  readonly place: string;
  /** `#1`, or nothing of a parameter that there is once. */
  readonly copy: string;
}

/**
 * The restriction under which a fit was made: numbers that are fixed or absent are known, with their values, those of a gate
 * relative to the expert of reference; numbers that all experts share are tied.
 *
 * @throws MoeError for equations between several numbers, and for ties of a part of a parameter
 */
export function fittedRestriction(who: string, fit: MaximumLikelihoodFit): FittedRestriction {
  const { structure = {} } = fit;
  const numbers = placed(fit);
  expectSingle(who, fit);
  const shared = (structure.equal ?? []).map((name) => name.replace(/^expert: /, ''));
  const hasOneDispersion = fit.estimates.some(({ part, name }) => part === 'noise' && shared.includes(name));
  const known = [
    ...numbers.flatMap((each) => valuesOf(each, numbers)),
    ...dispersions(fit, hasOneDispersion || fit.variances === 'common'),
  ];
  const isShared = ({ part, name }: Estimate) => part === 'expert' && shared.includes(name);
  const parameters = new Set(numbers.filter(isShared).map(({ parameter }) => parameter));
  for (const parameter of parameters) {
    const other = numbers.find(
      (each) => each.part === 'expert' && each.parameter === parameter && !isShared(each),
    );
    if (other !== undefined)
      throw new MoeError(
        who,
        `a fit whose experts share a part of ${parameter} cannot be judged: ${other.name} is their own`,
        structure.equal,
      );
  }
  return {
    known: [...new Set(known)],
    tied: [...parameters].map((parameter) => `expert/${parameter}`),
    hasOneDispersion,
  };
}

/** The numbers of gate and experts, in the order of their specifications. */
function placed({ estimates, measure }: MaximumLikelihoodFit): Placed[] {
  const specs = measureSpecs(measure);
  const seen = new Map<string, number>();
  return estimates.flatMap((estimate) => {
    const { part, parameter } = estimate;
    if (part === 'noise') return [];
    const { shape, copies } = specs[part][parameter]!;
    const size = shape.reduce((product, length) => product * length, 1);
    const key = `${part}/${parameter}`;
    const i = seen.get(key) ?? 0;
    seen.set(key, i + 1);
    const index = i % size;
    const [, columns = 1] = shape;
    const inside = shape.length === 2 ? `${Math.floor(index / columns)},${index % columns}` : `${index}`;
    const copy = copies > 1 ? `#${Math.floor(i / size)}` : '';
    return [{ ...estimate, part, place: `${key}[${inside}]`, copy }];
  });
}

/** A number that is fixed, as one that is known; of a gate the reference, which it is relative to, is known to be 0 with it. */
function valuesOf({ status, part, place, copy, value }: Placed, numbers: readonly Placed[]): string[] {
  if (status !== 'fixed') return [];
  const references =
    part === 'gate' ? numbers.filter((other) => other.place === place && other.status === 'reference') : [];
  return [
    `${place}${copy} = ${value}`,
    ...references.map((other) => `${other.place}${other.copy} = ${other.value}`),
  ];
}

/** Dispersions that are fixed, as numbers of their laws. */
function dispersions(fit: MaximumLikelihoodFit, isOne: boolean): string[] {
  const own = fit.estimates.filter(({ part }) => part === 'noise');
  const { image } = getFamily(fit.family);
  const { dispersion } = image ?? {};
  if (dispersion === undefined) return [];
  return own.flatMap(({ status, value }, e) =>
    status === 'fixed' ? [`expert/${dispersion.name}${isOne ? '' : `#${e}`} = ${dispersion.of(value)}`] : [],
  );
}

/** Refuses equations that tie several numbers, which are no numbers that are known. */
function expectSingle(who: string, { structure = {}, estimates }: MaximumLikelihoodFit): void {
  for (const text of structure.fixed ?? []) {
    const [left = '', right = ''] = text.split('=').map((side) => side.trim());
    const isFixed = ({ group, name, status }: Estimate) =>
      status === 'fixed' && (left === `${group}: ${name}` || left.endsWith(`: ${name}`) || left === name);
    if (right !== '' && Number.isFinite(Number(right)) && estimates.some(isFixed)) continue;
    throw new MoeError(who, 'a fit with an equation between several numbers cannot be judged', text);
  }
}
