import type { GateForm, ParamSpecs } from '@tfjs-moe/core';
import { type Level, levelsOf, namesOf } from '../gauge/levels.ts';
import type { Editable } from '../measure/editable.ts';

/** The numbers of a gate, to be sorted. */
export interface GateNumbers {
  readonly inputDim: number;
  readonly specs: ParamSpecs;
  readonly numbers: Editable;
}

/** What is sorted: units are experts, or groups of them, in equal runs side by side, and stay in their run. */
interface Runs {
  readonly units: number;
  readonly instances: number;
  /** Numbers of every unit that decide between equal biases. */
  readonly keys: readonly (readonly number[])[];
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
  return arrangeRuns(gate, form, { units: experts, instances: 1, keys }, ownersOf(gate, form, experts));
}

function arrangeRuns(gate: GateNumbers, form: GateForm, runs: Runs, owners: Owners): number[] {
  if (form.type === 'hierarchical') return arrangeGroups(gate, form, runs, owners);
  const { units, instances, keys } = runs;
  const selectionBias = form.selection?.bias;
  const names = owners(form);
  const bias = names.filter((name) => name === form.bias);
  const others = names.filter((name) => name !== form.bias && name !== selectionBias);
  const ofUnit = (name: string, unit: number) => {
    const all = gate.numbers[name]!;
    const size = all.length / (units * instances);
    return all.slice(unit * size, (unit + 1) * size);
  };
  const fullKeys = keys.map((own, unit) => [
    ...bias.flatMap((name) => ofUnit(name, unit)),
    ...own,
    ...others.flatMap((name) => ofUnit(name, unit)),
  ]);
  const sources = keys
    .map((_, unit) => unit)
    .sort((a, b) => Math.floor(a / units) - Math.floor(b / units) || compare(fullKeys[a]!, fullKeys[b]!));
  for (const name of names) permute(gate, name, sources);
  return sources;
}

function arrangeGroups(
  gate: GateNumbers,
  { groups, outer, inner }: Extract<GateForm, { type: 'hierarchical' }>,
  { units, instances, keys }: Runs,
  owners: Owners,
): number[] {
  const members = units / groups;
  const inside = arrangeRuns(gate, inner, { units: members, instances: instances * groups, keys }, owners);
  const membersOf = (group: number) => inside.slice(group * members, (group + 1) * members);
  const groupKeys = Array.from({ length: instances * groups }, (_, g) =>
    membersOf(g).flatMap((unit) => keys[unit]!),
  );
  const order = arrangeRuns(gate, outer, { units: groups, instances, keys: groupKeys }, owners);
  for (const { form } of levelsOf(inner, members)) {
    for (const name of owners(form)) permute(gate, name, order);
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
    const { experts: units, instances } = levels.find((level) => level.form === own)!;
    const names = named.get(own)!;
    const folder = commonFolder(names);
    return Object.keys(specs).filter(
      (name) =>
        (names.includes(name) || (!taken.has(name) && name.startsWith(folder))) &&
        specs[name]!.copies === units * instances &&
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

function permute({ numbers }: GateNumbers, name: string, sources: readonly number[]): void {
  numbers[name] = permuteCopies(numbers[name]!, sources);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
