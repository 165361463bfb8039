import { type Expert, expectInteger, type Gate, MoeError } from '@tfjs-moe/core';
import {
  gateGauge,
  gateTraits,
  type MeasureShape,
  type MixingMeasure,
  measureSpecs,
  mixingMeasure,
} from '@tfjs-moe/measures';
import { type HeldShape, heldOf, withKnownValues } from '../mixture/held.ts';
import { withSharedExperts } from '../mixture/shared-experts.ts';
import { labelsIn, matchedIn, type Part, type Pattern, patterns } from './named-numbers.ts';
import { sidesOf, tiesIn } from './tied-numbers.ts';

/** What is known of the parameters of a mixture before anything is estimated. */
export interface Restriction {
  /**
   * Parameters that are known: `gate/bias`, `expert/kernel`, all of a part (`gate`, `expert`), those of one expert
   * (`expert#0`, `expert/kernel#0`), or single numbers (`expert/kernel[0,0]#1`). Atoms are numbered from 0. With a value,
   * `gate/router/kernel[1] = 0`, it is known to be that one; otherwise values are drawn. Default: none.
   */
  readonly known?: readonly string[];
  /**
   * Numbers that are equal. A parameter of the experts that all of them have in common, `expert/bias`, which is given once
   * among `expertParams`; the same of the gate, or a single number of all atoms, `gate/router/kernel[0]`,
   * `expert/kernel[0,0]`; or equations between any, `expert/kernel[0,0]#0 = expert/kernel[1,0]#2`,
   * `gate/bias#0 = gate/bias#1`, with as many numbers on either side. Default: none.
   */
  readonly tied?: readonly string[];
  /**
   * How many more experts of the same definition are added to the mixture, whatever the gate chooses. Their parameters are
   * `expert/shared/...`, or `expert/shared0/...` and so on where there are several. Default 0.
   */
  readonly sharedExperts?: number;
}

/** Names of the options. */
export const restrictionOptions: readonly string[] = ['known', 'tied', 'sharedExperts'];

/** A mixture whose experts have company that is always there. Refuses gates whose weights do not sum to 1. */
export function withCompany(
  who: string,
  shape: MeasureShape,
  { sharedExperts = 0 }: Restriction,
): MeasureShape {
  return withSharedExperts(
    who,
    shape,
    expectInteger(who, 'sharedExperts', sharedExperts, { min: 0, max: 8 }),
  );
}

/** The mixture with what is known of its parameters. Refuses names of none. */
export function restricted(who: string, shape: HeldShape, { known, tied }: Restriction): HeldShape {
  const [fixed, equal] = [patterns(who, 'known', known), sidesOf(who, tied)];
  if (fixed.length + equal.length === 0) return shape;
  const specs = measureSpecs(shape);
  const matched = (option: string, given: string, pattern: Pattern) =>
    matchedIn(who, specs, option, given, pattern);
  const holding = fixed.flatMap((pattern, i) => matched('known', known![i]!, pattern));
  const whole = holding.filter(({ entry, copy }) => entry === undefined && copy === undefined);
  const namesOf = (of: readonly Pattern[], part: Part) =>
    new Set(of.filter((pattern) => pattern.part === part).map(({ name }) => name!));
  const isCommon = ([first, ...others]: readonly Pattern[]) =>
    first!.part === 'expert' && others.length + [first!.entry, first!.copy].filter(Boolean).length === 0;
  const common = equal.flatMap(({ sides, text }) =>
    isCommon(sides) ? matched('tied', text, sides[0]!) : [],
  );
  const ties = namesOf(common, 'expert');
  const [gateNames, expertNames] = [namesOf(whole, 'gate'), namesOf(whole, 'expert')];
  expectFixable(who, shape, gateNames);
  const { gate, expert } = shape;
  const expertWith = (fixedNames: ReadonlySet<string>): Expert =>
    Object.freeze({
      ...expert,
      params: (inputDim: number, units: number) =>
        withSpecs(expert.params(inputDim, units), fixedNames, ties),
    });
  const pair: HeldShape = {
    ...shape,
    gate: Object.freeze({
      ...gate,
      params: ((inputDim, experts) => withSpecs(gate.params(inputDim, experts), gateNames)) as Gate['params'],
    }),
    expert: expertWith(expertNames),
    printed: { gate, expert: expertWith(new Set()) },
  };
  const single = holding.filter((pattern) => !whole.includes(pattern));
  const held = new Set([
    ...heldOf(shape),
    ...single.flatMap((pattern) => labelsIn(who, 'known', pair, pattern)),
  ]);
  const at = new Map([...(shape.at ?? []), ...valuesIn(who, pair, holding)]);
  const one = tiesIn(
    who,
    pair,
    equal.filter(({ sides }) => !isCommon(sides)),
    held,
  );
  return {
    ...pair,
    ...(held.size > 0 && { held }),
    ...(at.size > 0 && { at }),
    ...(one.size > 0 && { ties: one }),
  };
}

/** A mixture at parameters that are given, with what is known of them. */
export function measured(
  shape: HeldShape,
  parameters: Pick<MixingMeasure, 'gateParams' | 'expertParams'>,
): MixingMeasure {
  const { held, at, ties, printed } = shape;
  const of = {
    ...mixingMeasure({ ...shape, ...parameters }),
    ...(held && { held }),
    ...(at && { at }),
    ...(ties && { ties }),
    ...(printed && { printed }),
  };
  expectKnownValues(of);
  return of;
}

/** What a reader must know of a verdict under a restriction. */
export function restrictionNotes({ known = [], tied = [], sharedExperts = 0 }: Restriction): string[] {
  const isSingle = (text: string) => /[[#=]|^gate/.test(text);
  const [common, single] = [tied.filter((text) => !isSingle(text)), tied.filter(isSingle)];
  return [
    ...(known.length > 0 ? [`known, and no parameters: ${known.join(', ')}`] : []),
    ...(common.length > 0 ? [`one for all experts: ${common.join(', ')}`] : []),
    ...(single.length > 0 ? [`tied, and one parameter: ${single.join(', ')}`] : []),
    ...(sharedExperts === 1 ? ['with an expert that is always there'] : []),
    ...(sharedExperts > 1 ? [`with ${sharedExperts} experts that are always there`] : []),
  ];
}

/** Whether anything is known. */
export function isRestricted({ known = [], tied = [], sharedExperts = 0 }: Restriction): boolean {
  return known.length > 0 || tied.length > 0 || sharedExperts !== 0;
}

function withSpecs<T extends object>(
  specs: Readonly<Record<string, T>>,
  known: ReadonlySet<string>,
  tied: ReadonlySet<string> = new Set(),
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        ...spec,
        ...(known.has(name) && { trainable: false }),
        ...(tied.has(name) && { shared: true }),
      },
    ]),
  );
}

/**
 * The values that were given. Refuses two for one number, and one that its parameter cannot have: of numbers above a bound that
 * is positive all positive ones are meant, since bounds keep optimisers and draws off 0, and no formula.
 */
function valuesIn(
  who: string,
  shape: MeasureShape,
  holding: readonly Pattern[],
): ReadonlyMap<string, number> {
  const specs = measureSpecs(shape);
  const at = new Map<string, number>();
  for (const pattern of holding) {
    const { part, name, value } = pattern;
    if (value === undefined) continue;
    const { min = -Infinity, max = Infinity } = specs[part][name!]!.constraint ?? {};
    if (value > max || (min > 0 ? value <= 0 : value < min)) {
      const least = min > 0 ? 'positive' : `at least ${min}`;
      const rule = max === Infinity ? least : `${least}, and at most ${max}`;
      throw new MoeError(who, `known: ${part}/${name} must be ${rule}`, value);
    }
    for (const label of labelsIn(who, 'known', shape, pattern)) {
      if ((at.get(label) ?? value) !== value)
        throw new MoeError(who, `known: ${label} has two values`, `${at.get(label)} and ${value}`);
      at.set(label, value);
    }
  }
  return at;
}

/** Refuses parameters that are not what is known of them. */
function expectKnownValues(of: MixingMeasure & HeldShape): void {
  const known = withKnownValues(of);
  for (const part of ['gateParams', 'expertParams'] as const)
    for (const [name, values] of Object.entries(known[part])) {
      const i = values.findIndex((value, place) => value !== of[part][name]![place]);
      if (i >= 0)
        throw new MoeError(
          'mixture',
          `${part}: ${name} must be ${values[i]}, as is known${of.ties ? ' or tied' : ''}`,
          of[part][name]![i],
        );
    }
}

/** Refuses to fix what a gauge moves that the gate declares itself: how much of it is left is not known then. */
function expectFixable(
  who: string,
  { gate, inputDim, experts }: MeasureShape,
  names: ReadonlySet<string>,
): void {
  const { form, sees } = gateTraits(gate, experts);
  if (names.size === 0 || form !== undefined || sees !== undefined) return;
  const { freedoms } = gateGauge(gate, inputDim, experts);
  const moved = freedoms.flatMap(({ fixed }) => fixed).find(({ name }) => names.has(name));
  if (moved === undefined) return;
  throw new MoeError(
    who,
    `known: what the gate ${gate.kind} does not see of its parameters is declared, and not how much of it is left`,
    `gate/${moved.name}`,
  );
}
