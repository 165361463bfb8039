import { type Expert, expectInteger, type Gate, MoeError } from '@tfjs-moe/core';
import {
  gateGauge,
  gateTraits,
  type MeasureShape,
  type MixingMeasure,
  measureSpecs,
  mixingMeasure,
} from '@tfjs-moe/measures';
import { type HeldShape, heldOf, labelsOf, withKnownValues } from '../mixture/held.ts';
import { withSharedExperts } from '../mixture/shared-experts.ts';

/** What is known of the parameters of a mixture before anything is estimated. */
export interface Restriction {
  /**
   * Parameters that are known: `gate/bias`, `expert/kernel`, all of a part (`gate`, `expert`), those of one expert
   * (`expert#0`, `expert/kernel#0`), or single numbers (`expert/kernel[0,0]#1`). Atoms are numbered from 0. With a value,
   * `gate/router/kernel[1] = 0`, it is known to be that one; otherwise values are drawn. Default: none.
   */
  readonly known?: readonly string[];
  /** Parameters of the experts that all of them have in common: `expert/bias`. Given once among `expertParams`. Default: none. */
  readonly tied?: readonly string[];
  /**
   * How many more experts of the same definition are added to the mixture, whatever the gate chooses. Their parameters are
   * `expert/shared/...`, or `expert/shared0/...` and so on where there are several. Default 0.
   */
  readonly sharedExperts?: number;
}

/** Names of the options. */
export const restrictionOptions: readonly string[] = ['known', 'tied', 'sharedExperts'];

type Part = 'gate' | 'expert';

interface Pattern {
  readonly part: Part;
  /** Nothing for all of a part. */
  readonly name?: string | undefined;
  readonly entry?: string | undefined;
  readonly copy?: string | undefined;
  /** Where it is known what it is. */
  readonly value?: number | undefined;
}

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

/** The mixture with what is known of its parameters. Refuses names of none, and ties of the gate. */
export function restricted(who: string, shape: HeldShape, { known, tied }: Restriction): HeldShape {
  const [fixed, equal] = [patterns(who, 'known', known), patterns(who, 'tied', tied)];
  if (fixed.length + equal.length === 0) return shape;
  for (const [i, { part, entry, copy }] of equal.entries()) {
    if (part === 'expert' && entry === undefined && copy === undefined) continue;
    throw new MoeError(who, 'tied must hold parameters of the experts, such as expert/bias', tied![i]);
  }
  const specs = measureSpecs(shape);
  const matched = (option: string, given: readonly string[] = [], all: readonly Pattern[]) =>
    all.flatMap((pattern, i) => {
      const own = specs[pattern.part];
      const names = Object.keys(own).filter((name) => isNamed(name, pattern.name));
      const found = names.filter((name) => own[name]!.trainable !== false);
      if (found.length > 0) return found.map((name) => ({ ...pattern, name }));
      const open = Object.keys(own).map((name) => `${pattern.part}/${name}`);
      throw new MoeError(who, `${option} must name parameters of the model: ${open.join(', ')}`, given[i]);
    });
  const holding = matched('known', known, fixed);
  const whole = holding.filter(({ entry, copy }) => entry === undefined && copy === undefined);
  const namesOf = (of: readonly Pattern[], part: Part) =>
    new Set(of.filter((pattern) => pattern.part === part).map(({ name }) => name!));
  const ties = namesOf(matched('tied', tied, equal), 'expert');
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
  const held = new Set([...heldOf(shape), ...single.flatMap((pattern) => labelsIn(who, pair, pattern))]);
  const at = new Map([...(shape.at ?? []), ...valuesIn(who, pair, holding)]);
  return { ...pair, ...(held.size > 0 && { held }), ...(at.size > 0 && { at }) };
}

/** A mixture at parameters that are given, with what is known of them. */
export function measured(
  shape: HeldShape,
  parameters: Pick<MixingMeasure, 'gateParams' | 'expertParams'>,
): MixingMeasure {
  const { held, at, printed } = shape;
  const of = {
    ...mixingMeasure({ ...shape, ...parameters }),
    ...(held && { held }),
    ...(at && { at }),
    ...(printed && { printed }),
  };
  expectKnownValues(of);
  return of;
}

/** What a reader must know of a verdict under a restriction. */
export function restrictionNotes({ known = [], tied = [], sharedExperts = 0 }: Restriction): string[] {
  return [
    ...(known.length > 0 ? [`known, and no parameters: ${known.join(', ')}`] : []),
    ...(tied.length > 0 ? [`one for all experts: ${tied.join(', ')}`] : []),
    ...(sharedExperts === 1 ? ['with an expert that is always there'] : []),
    ...(sharedExperts > 1 ? [`with ${sharedExperts} experts that are always there`] : []),
  ];
}

/** Whether anything is known. */
export function isRestricted({ known = [], tied = [], sharedExperts = 0 }: Restriction): boolean {
  return known.length > 0 || tied.length > 0 || sharedExperts !== 0;
}

const FORM = /^(gate|expert)(?:\/([^#[\]=\s]+))?(\[[\d,]+\])?(?:#(\d+))?(?:\s*=\s*(\S+))?$/;

function patterns(who: string, option: string, given: readonly string[] = []): Pattern[] {
  if (!Array.isArray(given)) throw new MoeError(who, `${option} must be a list of names`, given);
  return given.map((text: unknown) => {
    const [, part, name, entry, copy, value] = (typeof text === 'string' && FORM.exec(text)) || [];
    const number = value === undefined ? undefined : Number(value);
    if (number !== undefined && (option !== 'known' || !Number.isFinite(number)))
      throw new MoeError(who, `${option} must hold names, of what is known with a number after =`, text);
    if (part !== undefined && !(entry !== undefined && name === undefined))
      return { part: part as Part, name, entry, copy, value: number };
    throw new MoeError(who, `${option} must hold names such as expert/kernel, expert#0 or gate/bias`, text);
  });
}

/** A name, or all under a path. */
const isNamed = (name: string, wanted: string | undefined) =>
  wanted === undefined || name === wanted || name.startsWith(`${wanted}/`);

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

/** The numbers that a name means, by their names in relations. */
function labelsIn(who: string, shape: MeasureShape, { part, name, entry, copy }: Pattern): readonly string[] {
  const specs = measureSpecs(shape)[part];
  const labels = labelsOf(part, name!, specs).filter((label) => {
    const [, place, of] = /(\[[\d,]+\])(?:#(\d+))?$/.exec(label)!;
    return (entry === undefined || entry === place) && (copy === undefined || copy === (of ?? '0'));
  });
  // A path such as `expert#0` may lead to parameters that all experts share.
  const isShared = specs[name!]!.copies === 1 && shape.experts > 1;
  if (isShared && copy !== undefined) return [];
  if (labels.length > 0) return labels;
  const which = `${entry ?? ''}${copy === undefined ? '' : `#${copy}`}`;
  throw new MoeError(who, `known: there is no ${which} of ${part}/${name}`);
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
    for (const label of labelsIn(who, shape, pattern)) {
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
          `${part}: ${name} must be ${values[i]}, as is known`,
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
