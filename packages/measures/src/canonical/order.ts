/**
 * The order of atoms: sorted inside what a gate treats alike, all atoms of a flat gate, the members of a group, the groups.
 */
import type { Config, GateParamSpec } from '@tfjs-moe/core';
import type { Editable } from '../measure/editable.ts';

interface GateNumbers {
  readonly specs: Readonly<Record<string, GateParamSpec>>;
  readonly numbers: Editable;
}

/** Gates that do not tell their experts apart but by their parameters. */
const symmetric = ['softmax', 'sigmoid', 'temperature', 'noisyTopK', 'switchGate'];

/**
 * Sorts the numbers of a gate and returns where each unit of the new order was before. Units are experts, or groups of
 * them; there may be several `instances` of the gate side by side, and units stay in theirs.
 * @param keys numbers of every unit that decide between equal biases
 */
export function arrange(
  gate: GateNumbers,
  config: Config,
  units: number,
  keys: readonly (readonly number[])[],
  path = '',
  instances = 1,
): number[] {
  if (config.kind === 'topK') {
    const sources = arrange(gate, config.weighting as Config, units, keys, path, instances);
    permuteParam(gate, `${path}selection_bias`, sources);
    return sources;
  }
  if (config.kind === 'hierarchical') return arrangeGroups(gate, config, units, keys, path, instances);
  const identity = keys.map((_, unit) => unit);
  if (!symmetric.includes(config.kind)) return identity;
  const names = Object.keys(gate.specs).filter(
    (name) =>
      name.startsWith(path) &&
      name !== `${path}selection_bias` &&
      gate.specs[name]?.copies === units * instances &&
      !gate.specs[name]?.shared,
  );
  const bias = names.filter((name) => name === `${path}bias`);
  const others = names.filter((name) => name !== `${path}bias`);
  const ofUnit = (name: string, unit: number) => {
    const all = gate.numbers[name] as number[];
    const size = all.length / (units * instances);
    return all.slice(unit * size, (unit + 1) * size);
  };
  const fullKeys = keys.map((own, unit) => [
    ...bias.flatMap((name) => ofUnit(name, unit)),
    ...own,
    ...others.flatMap((name) => ofUnit(name, unit)),
  ]);
  const sources = identity.sort(
    (a, b) =>
      Math.floor(a / units) - Math.floor(b / units) ||
      compare(fullKeys[a] as number[], fullKeys[b] as number[]),
  );
  for (const name of names) permuteParam(gate, name, sources);
  return sources;
}

function arrangeGroups(
  gate: GateNumbers,
  config: Config,
  units: number,
  keys: readonly (readonly number[])[],
  path: string,
  instances: number,
): number[] {
  const groups = config.groups as number;
  const members = units / groups;
  const inside = `${path}inner/`;
  const inner = arrange(gate, config.inner as Config, members, keys, inside, instances * groups);
  const membersOf = (group: number) => inner.slice(group * members, (group + 1) * members);
  const groupKeys = Array.from({ length: instances * groups }, (_, g) =>
    membersOf(g).flatMap((unit) => keys[unit] as readonly number[]),
  );
  const outer = arrange(gate, config.outer as Config, groups, groupKeys, `${path}outer/`, instances);
  for (const [name, spec] of Object.entries(gate.specs)) {
    if (name.startsWith(inside) && !spec.shared) permuteParam(gate, name, outer);
  }
  return outer.flatMap(membersOf);
}

/** Equal runs of a list in a new order. */
export function permuteCopies(numbers: readonly number[], sources: readonly number[]): number[] {
  const size = numbers.length / sources.length;
  return sources.flatMap((source) => numbers.slice(source * size, (source + 1) * size));
}

function permuteParam({ numbers }: GateNumbers, name: string, sources: readonly number[]): void {
  const all = numbers[name];
  if (all !== undefined) numbers[name] = permuteCopies(all, sources);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
