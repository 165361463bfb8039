import { type GateForm, type ParamSpecs, runCount, runSizes } from '@tfjs-moe/core';
import { type Level, levelsOf, namesOf, unitsOf } from '../gauge/levels.ts';
import type { Editable } from '../measure/editable.ts';

/** The numbers of a gate, to be sorted. */
export interface GateNumbers {
  readonly inputDim: number;
  readonly specs: ParamSpecs;
  readonly numbers: Editable;
}

/** What is sorted: units are experts, or groups of them, in runs side by side, and stay in their run. */
interface UnitRuns {
  readonly sizes: readonly number[];
  /** Numbers of every unit that decide between equal biases. */
  readonly keys: readonly (readonly number[])[];
  /** What a unit is made of: a group changes places with groups of the same sizes alone. */
  readonly kinds: readonly string[];
}

/**
 * The order of atoms: sorted inside what a gate treats alike, all atoms of a flat gate, the members of a group, the groups.
 * Sorts the numbers of the gate, and returns where each atom of the new order was before.
 * @param keys numbers of every atom that decide between equal biases
 */
export function arrange(
  gate: GateNumbers,
  form: GateForm,
  experts: number,
  keys: readonly (readonly number[])[],
): number[] {
  const kinds = keys.map(() => '');
  return arrangeRuns(gate, form, { sizes: [experts], keys, kinds }, ownersOf(gate, form, experts));
}

function arrangeRuns(gate: GateNumbers, form: GateForm, runs: UnitRuns, owners: Owners): number[] {
  if (form.type === 'hierarchical') return arrangeGroups(gate, form, runs, owners);
  const { sizes, keys, kinds } = runs;
  const selectionBias = form.selection?.bias;
  const names = owners(form);
  const bias = names.filter((name) => name === form.bias);
  const others = names.filter((name) => name !== form.bias && name !== selectionBias);
  const ofUnit = (name: string, unit: number) => {
    const all = gate.numbers[name]!;
    const size = all.length / keys.length;
    return all.slice(unit * size, (unit + 1) * size);
  };
  const fullKeys = keys.map((own, unit) => [
    ...bias.flatMap((name) => ofUnit(name, unit)),
    ...own,
    ...others.flatMap((name) => ofUnit(name, unit)),
  ]);
  const runOf = sizes.flatMap((size, run) => Array.from({ length: size }, () => run));
  // Units that may change places are sorted over the places that they have.
  const places = new Map<string, number[]>();
  for (const unit of keys.keys()) {
    const alike = `${runOf[unit]} ${kinds[unit]}`;
    places.set(alike, [...(places.get(alike) ?? []), unit]);
  }
  const sources: number[] = [];
  for (const own of places.values()) {
    const sorted = [...own].sort((a, b) => compare(fullKeys[a]!, fullKeys[b]!));
    for (const [i, place] of own.entries()) sources[place] = sorted[i]!;
  }
  for (const name of names) permute(gate, name, sources);
  return sources;
}

function arrangeGroups(
  gate: GateNumbers,
  { groups, outer, inner }: Extract<GateForm, { type: 'hierarchical' }>,
  { sizes, keys, kinds }: UnitRuns,
  owners: Owners,
): number[] {
  const members = sizes.flatMap((size) => runSizes('canonical', groups, size));
  const inside = arrangeRuns(gate, inner, { sizes: members, keys, kinds }, owners);
  const starts = members.map((_, g) => members.slice(0, g).reduce((sum, size) => sum + size, 0));
  const membersOf = (group: number) => inside.slice(starts[group]!, starts[group]! + members[group]!);
  const above = {
    sizes: sizes.map(() => runCount(groups)),
    keys: members.map((_, g) => membersOf(g).flatMap((unit) => keys[unit]!)),
    kinds: members.map((_, g) => JSON.stringify(membersOf(g).map((unit) => kinds[unit]!))),
  };
  const order = arrangeRuns(gate, outer, above, owners);
  for (const { form } of levelsOf(inner, members[0]!)) {
    for (const name of owners(form)) {
      const isPerUnit = gate.specs[name]!.copies === keys.length;
      permute(gate, name, order, isPerUnit ? members : undefined);
    }
  }
  return order.flatMap(membersOf);
}

/** The parameters of a level's form that have a copy for each of its units. */
type Owners = (form: Level['form']) => readonly string[];

/** Parameters that no form names, such as those of noise, go with the level whose names they share the beginning of. */
function ownersOf({ specs, inputDim }: GateNumbers, form: GateForm, experts: number): Owners {
  const levels = levelsOf(form, experts);
  const named = new Map(levels.map((level) => [level.form, namesOf(level.form, inputDim)]));
  const taken = new Set([...named.values()].flat());
  return (own) => {
    const units = unitsOf(levels.find((level) => level.form === own)!);
    const names = named.get(own)!;
    const folder = commonFolder(names);
    return Object.keys(specs).filter(
      (name) =>
        (names.includes(name) || (!taken.has(name) && name.startsWith(folder))) &&
        specs[name]!.copies === units &&
        !specs[name]!.shared,
    );
  };
}

/** `outer/` of `outer/bias` and `outer/router/kernel`. */
function commonFolder(names: readonly string[]): string {
  const [first = ''] = names;
  const folders = first.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'));
  const shared = folders.filter((folder) => names.every((name) => name.startsWith(`${folder}/`))).at(-1);
  return shared === undefined || shared === '' ? '' : `${shared}/`;
}

/** Equal runs of a list in a new order. */
export function permuteCopies(numbers: readonly number[], sources: readonly number[]): number[] {
  const size = numbers.length / sources.length;
  return sources.flatMap((source) => numbers.slice(source * size, (source + 1) * size));
}

/** @param sizes how many copies each of what is in a new order has; without them all have the same number */
function permute(
  { numbers }: GateNumbers,
  name: string,
  sources: readonly number[],
  sizes: readonly number[] = sources.map(() => 1),
): void {
  const own = numbers[name]!;
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const start = (unit: number) => sizes.slice(0, unit).reduce((sum, size) => sum + size, 0);
  numbers[name] = sources.flatMap((source) =>
    own.slice((start(source) * own.length) / all, (start(source + 1) * own.length) / all),
  );
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
