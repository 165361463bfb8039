import {
  entryOf,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  expectPositive,
  MoeError,
} from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import type { Priority } from './priorities/define-priority.ts';

/** What a capacity is computed from. */
export interface CapacityLoad {
  readonly tokens: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly factor: number;
}

const upTo = (multiple: number, n: number): number => Math.ceil(n / multiple) * multiple;

/** Name of a convention: the library whose formula it is. */
export type CapacityConvention =
  | 'megatron'
  | 'vmoe'
  | 'deepspeed'
  | 'deepspeedTop1'
  | 'tutel'
  | 'megablocks'
  | 'flaxformer'
  | 'lucidrains'
  | 'fastmoe'
  | 'axlearn';

/** Capacity of the tokens T, the experts K of each, the experts E, and the factor f. */
type Formula = (T: number, K: number, E: number, f: number) => number;

const conventions: Readonly<Record<CapacityConvention, Formula>> = {
  megatron: (T, K, E, f) => Math.ceil((T * K * f) / E),
  vmoe: (T, K, E, f) => upTo(4, Math.ceil((T * K * f) / E)),
  deepspeed: (T, K, E, f) => Math.max(Math.ceil((T / E) * f * K), 4),
  deepspeedTop1: (T, _K, E, f) => Math.max(Math.ceil((T / E) * f), 4),
  tutel: (T, K, E, f) => K * Math.floor(f * Math.ceil(T / E)),
  megablocks: (T, K, E, f) => Math.floor((f * K * T) / E),
  flaxformer: (T, _K, E, f) => Math.max(roundHalfToEven((f * T) / E), 4),
  lucidrains: (T, _K, E, f) => Math.max(Math.min(T, Math.floor((T * f) / E)), 4),
  fastmoe: (T, K, E, f) => Math.floor((Math.ceil(f * T) * K) / E),
  axlearn: (T, _K, E, f) => upTo(4, Math.floor((T * f) / E)),
};

/** The conventions by name. */
export const capacityConventions: readonly CapacityConvention[] = /* @__PURE__ */ Object.keys(
  conventions,
) as CapacityConvention[];

/**
 * Expert capacity: how many tokens of a batch one expert takes, from the capacity factor and the conventions of the
 * libraries that results are compared with.
 *
 * They disagree on whether K counts, on rounding, and on a floor: for T = 10, E = 4, K = 2 and factor 1.25 the answers
 * run from 4 to 8. `megatron`, $\lceil TK \cdot \text{factor} / E \rceil$, is the default: the plain reading of a factor of
 * 1.0 as "room for a perfectly balanced batch".
 *
 * A capacity as an option of the layer: tokens per expert, or a factor of the balanced load.
 */
export type Capacity =
  | number
  | {
      readonly factor: number;
      readonly convention?: CapacityConvention;
      /** Who keeps a place where there are too few: `batchPriority` for example. Default `'gshard'`. */
      readonly priority?: Priority | string;
    };

/** Tokens per expert by a convention, before it is clamped to 1, ..., T. */
export function expertCapacity(convention: CapacityConvention, load: CapacityLoad): number {
  const rule = entryOf('expertCapacity', 'convention', conventions, convention);
  if (development) {
    for (const name of ['tokens', 'experts', 'expertsPerToken', 'factor'] as const)
      expectNumber('expertCapacity', `load.${name}`, load?.[name], { min: 0 });
  }
  const { tokens, experts, expertsPerToken, factor } = load;
  return rule(tokens, expertsPerToken, experts, factor);
}

/** A capacity with its default filled in. */
export function completeCapacity(capacity: Capacity | undefined): Capacity | undefined {
  if (typeof capacity !== 'object' || capacity === null) return capacity;
  return {
    ...capacity,
    convention: capacity.convention ?? 'megatron',
    priority: capacity.priority ?? 'gshard',
  };
}

/** Checks a capacity option and returns the function from the number of tokens to the capacity. */
export function capacityFunction(
  who: string,
  capacity: Capacity,
  experts: number,
  expertsPerToken: number,
): (tokens: number) => number {
  if (typeof capacity === 'number') {
    if (development && capacity > 0 && !Number.isInteger(capacity)) {
      throw new MoeError(
        who,
        `capacity must be an integer of at least 1, tokens per expert; a factor of the balanced load is { factor: ${capacity} }`,
        capacity,
      );
    }
    const fixed = expectInteger(who, 'capacity', capacity, { min: 1 });
    return () => fixed;
  }
  if (typeof capacity !== 'object' || capacity === null) {
    throw new MoeError(
      who,
      'capacity must be a number of tokens or { factor, convention, priority }',
      capacity,
    );
  }
  expectKnownOptions(`${who}: capacity`, capacity, ['factor', 'convention', 'priority']);
  const factor = expectPositive(who, 'capacity.factor', capacity.factor);
  const convention = expectOneOf(
    who,
    'capacity.convention',
    capacity.convention ?? 'megatron',
    capacityConventions,
  );
  return (tokens) => conventions[convention](tokens, expertsPerToken, experts, factor);
}

/** Python's rounding, which flaxformer relies on. */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below + (below % 2);
}
