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
 * relative to the expert of reference; numbers that experts share, or that an equation says are equal, are tied.
 *
 * @throws MoeError for equations that say more than that numbers are equal
 */
export function fittedRestriction(who: string, fit: MaximumLikelihoodFit): FittedRestriction {
  const { structure = {} } = fit;
  const numbers = placed(fit);
  const equations = equalNumbers(who, fit);
  const shared = (structure.equal ?? []).map((name) => name.replace(/^expert: /, ''));
  const hasOneDispersion = fit.estimates.some(({ part, name }) => part === 'noise' && shared.includes(name));
  const known = [
    ...numbers.flatMap((each) => valuesOf(each, numbers)),
    ...equations.flatMap(({ known }) => known),
    ...dispersions(fit, hasOneDispersion || fit.variances === 'common'),
  ];
  const isShared = ({ part, name }: Estimate) => part === 'expert' && shared.includes(name);
  const parameters = new Set(numbers.filter(isShared).map(({ parameter }) => parameter));
  return {
    known: [...new Set(known)],
    tied: [
      ...[...parameters].flatMap((parameter) => {
        const own = numbers.filter((each) => each.part === 'expert' && each.parameter === parameter);
        return own.every(isShared) ? [`expert/${parameter}`] : sharedNumbers(own.filter(isShared));
      }),
      ...equations.flatMap(({ tied }) => tied),
    ],
    hasOneDispersion,
  };
}

/** Numbers of a parameter that experts share, where they have others for themselves: a tie for every place. */
function sharedNumbers(numbers: readonly Placed[]): string[] {
  return [...new Set(numbers.map(({ place }) => place))].flatMap((place) => {
    const open = numbers.filter((each) => each.place === place && isOpen(each));
    return open.length < 2 ? [] : [open.map(labelOf).join(' = ')];
  });
}

const labelOf = ({ place, copy }: Placed) => `${place}${copy}`;

/** What is fixed is known, and what is left out or held has no part in an equation. */
const isOpen = ({ status }: Estimate) => !['fixed', 'aliased', 'held', 'reference'].includes(status);

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

/** What an equation between numbers says. */
interface Equal {
  readonly known: readonly string[];
  readonly tied: readonly string[];
}

/** Equations that say that numbers are equal, as ties. Refuses those that say more. */
function equalNumbers(who: string, fit: MaximumLikelihoodFit): Equal[] {
  const { structure = {}, estimates } = fit;
  return (structure.fixed ?? []).map((text): Equal => {
    const [left = '', right = ''] = text.split('=').map((side) => side.trim());
    const isFixed = ({ group, name, status }: Estimate) =>
      status === 'fixed' && (left === `${group}: ${name}` || left.endsWith(`: ${name}`) || left === name);
    if (right !== '' && Number.isFinite(Number(right)) && estimates.some(isFixed))
      return { known: [], tied: [] };
    const found = pairOf(numbersWith(fit), left, right);
    if (found === undefined)
      throw new MoeError(
        who,
        'a fit with an equation that says more than that numbers are equal cannot be judged',
        text,
      );
    return found;
  });
}

/** A number of any part with its name in theory. */
interface Labelled {
  readonly estimate: Estimate;
  readonly label: string;
  /** Of a gate: what its contrasts are relative to. */
  readonly reference?: string;
}

function numbersWith(fit: MaximumLikelihoodFit): Labelled[] {
  const numbers = placed(fit);
  const { dispersion } = getFamily(fit.family).image ?? {};
  const noise = dispersion ? fit.estimates.filter(({ part }) => part === 'noise') : [];
  return [
    ...numbers.map((each): Labelled => {
      const zero = numbers.find(({ place, status }) => place === each.place && status === 'reference');
      return { estimate: each, label: labelOf(each), ...(zero && { reference: `${labelOf(zero)} = 0` }) };
    }),
    ...noise.map((estimate, e) => ({ estimate, label: `expert/${dispersion!.name}#${e}` })),
  ];
}

/** Two numbers, by the names of their tables; nothing where a side names none or several. */
function pairOf(numbers: readonly Labelled[], left: string, right: string): Equal | undefined {
  const named = (side: string) =>
    numbers.filter(({ estimate: { group, name } }) => side === `${group}: ${name}`);
  const [first, ...others] = named(left);
  // A name without a table stands in that of the other side.
  const group = first?.estimate.group;
  const [second, ...more] = [...named(right), ...named(`${group}: ${right}`)];
  if (first === undefined || second === undefined || others.length + more.length > 0) return undefined;
  if (!isOpen(first.estimate) || !isOpen(second.estimate)) return undefined;
  // Contrasts are numbers once what they are relative to is 0.
  const known = [first, second].flatMap(({ reference }) => reference ?? []);
  return { known, tied: [`${first.label} = ${second.label}`] };
}
