/**
 * Groups of a tree by their sizes: how they are read, and what a gate inside of unequal ones is told.
 */
import {
  expectExperts,
  expectInteger,
  type Gate,
  type GateParamSpec,
  limits,
  MoeError,
  mapNames,
  type Runs,
} from '@tfjs-moe/core';

/** The sizes of groups, the first group first; a group that is made of groups is a list of theirs. */
export type GroupSizes = readonly (number | GroupSizes)[];

/** A tree of groups: the groups that hold experts, and, where those are in groups themselves, the tree of them. */
export interface GroupTree {
  readonly groups: Runs;
  readonly above?: GroupSizes | undefined;
}

/** Reads the option `groups`: a number of equal groups, or sizes. */
export function expectGroups(who: string, groups: number | GroupSizes): GroupTree {
  if (!Array.isArray(groups)) return { groups: expectExperts(who, 'groups', groups) };
  const depth = depthOf(who, groups, 1);
  const sizes = leavesOf(groups);
  expectExperts(
    who,
    'the sum of groups',
    sizes.reduce((sum, size) => sum + size, 0),
  );
  return { groups: sizes, ...(depth > 1 && { above: lengthsOf(deepened(groups, depth)) as GroupSizes }) };
}

function leavesOf(group: number | GroupSizes): number[] {
  return typeof group === 'number' ? [group] : group.flatMap(leavesOf);
}

/** How many levels of groups there are, every size checked. */
function depthOf(who: string, groups: GroupSizes, level: number): number {
  expectInteger(who, 'the levels of groups', level, { min: 1, max: limits.nesting });
  if (groups.length === 0) throw new MoeError(who, 'groups must have the size of a group at least', groups);
  return Math.max(
    ...groups.map((group) => {
      if (Array.isArray(group)) return depthOf(who, group, level + 1);
      expectInteger(who, 'a size in groups', group, { min: 1 });
      return level;
    }),
  );
}

/** The same tree with all experts on one level: a group above it is the only one of a group of its own. */
function deepened(group: number | GroupSizes, levels: number): number | GroupSizes {
  if (typeof group !== 'number') return group.map((inside) => deepened(inside, levels - 1));
  return levels === 0 ? group : [deepened(group, levels - 1)];
}

/** The tree whose leaves are the lowest groups. */
function lengthsOf(group: number | GroupSizes): number | GroupSizes {
  const of = group as GroupSizes;
  return typeof of[0] === 'number' ? of.length : of.map(lengthsOf);
}

/** Whether all groups have one size, so that a gate in them is told how many experts it has. */
export function areEqual(sizes: readonly number[]): boolean {
  return sizes.every((size) => size === sizes[0]);
}

/** Parameters of a gate in each of some groups, one group after the other; what all experts share all groups share. */
export function paramsOfGroups(
  inner: Gate,
  inputDim: number,
  sizes: readonly number[],
): Record<string, GateParamSpec> {
  const of = (size: number): Record<string, GateParamSpec> => inner.params(inputDim, size);
  const first = of(sizes[0]!);
  const each = areEqual(sizes) ? sizes.map(() => first) : sizes.map(of);
  const shapes = (specs: Record<string, GateParamSpec>) =>
    JSON.stringify(mapNames(specs, ({ copies, shape, shared }) => [shape, shared && copies]));
  const other = each.findIndex((specs) => specs !== first && shapes(specs) !== shapes(first));
  if (other >= 0) {
    throw new MoeError(
      'hierarchical',
      `in groups of unequal sizes inner must have parameters of the same names and shapes; those of ${inner.kind} differ between`,
      [sizes[0], sizes[other]],
    );
  }
  return mapNames(first, (spec, name) => ({
    ...spec,
    copies: spec.shared ? spec.copies : each.reduce((sum, specs) => sum + specs[name]!.copies, 0),
  }));
}

/** What a gate inside of the groups is told, with how many experts it has; of unequal ones it must not ask. */
export function withMembers<T extends object>(
  inner: Gate,
  sizes: readonly number[],
  context: T,
): T & { readonly experts: number } {
  if (areEqual(sizes)) return { ...context, experts: sizes[0]! };
  return {
    ...context,
    get experts(): never {
      throw new MoeError(
        'hierarchical',
        `in groups of unequal sizes inner must do without the number of experts, which ${inner.kind} asks for; sizes`,
        sizes,
      );
    },
  };
}
