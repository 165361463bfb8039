import { expectInteger, expectKnownOptions, expectOneOf, expectPositive, MoeError } from '@tfjs-moe/core';

/** What a capacity is computed from. */
export interface CapacityLoad {
  readonly tokens: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly factor: number;
}

const upTo = (multiple: number, n: number): number => Math.ceil(n / multiple) * multiple;

/** Libraries whose formulas are known. */
export const capacityConventions = [
  'megatron',
  'vmoe',
  'deepspeed',
  'deepspeedTop1',
  'tutel',
  'megablocks',
  'flaxformer',
  'lucidrains',
  'fastmoe',
  'axlearn',
] as const;

/** Name of a convention. */
export type CapacityConvention = (typeof capacityConventions)[number];

/** Formulas by library. */
const conventions: Readonly<Record<CapacityConvention, (load: CapacityLoad) => number>> = {
  megatron: ({ tokens, experts, expertsPerToken, factor }) =>
    Math.ceil((tokens * expertsPerToken * factor) / experts),
  vmoe: ({ tokens, experts, expertsPerToken, factor }) =>
    upTo(4, Math.ceil((tokens * expertsPerToken * factor) / experts)),
  deepspeed: ({ tokens, experts, expertsPerToken, factor }) =>
    Math.max(Math.ceil((tokens / experts) * factor * expertsPerToken), 4),
  deepspeedTop1: ({ tokens, experts, factor }) => Math.max(Math.ceil((tokens / experts) * factor), 4),
  tutel: ({ tokens, experts, expertsPerToken, factor }) =>
    expertsPerToken * Math.floor(factor * Math.ceil(tokens / experts)),
  megablocks: ({ tokens, experts, expertsPerToken, factor }) =>
    Math.floor((factor * expertsPerToken * tokens) / experts),
  flaxformer: ({ tokens, experts, factor }) => Math.max(roundHalfToEven((factor * tokens) / experts), 4),
  lucidrains: ({ tokens, experts, factor }) =>
    Math.max(Math.min(tokens, Math.floor((tokens * factor) / experts)), 4),
  fastmoe: ({ tokens, experts, expertsPerToken, factor }) =>
    Math.floor((Math.ceil(factor * tokens) * expertsPerToken) / experts),
  axlearn: ({ tokens, experts, factor }) => upTo(4, Math.floor((tokens * factor) / experts)),
};

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
export type Capacity = number | { readonly factor: number; readonly convention?: CapacityConvention };

/** Tokens per expert by a convention, before it is clamped to 1, ..., T. */
export function expertCapacity(convention: CapacityConvention, load: CapacityLoad): number {
  return conventions[convention](load);
}

/** A capacity with its default filled in. */
export function completeCapacity(capacity: Capacity | undefined): Capacity | undefined {
  if (typeof capacity !== 'object' || capacity === null) return capacity;
  return capacity.convention === undefined ? { ...capacity, convention: 'megatron' } : capacity;
}

/** Checks a capacity option and returns the function from the number of tokens to the capacity. */
export function capacityFunction(
  who: string,
  capacity: Capacity,
  experts: number,
  expertsPerToken: number,
): (tokens: number) => number {
  if (typeof capacity === 'number') {
    if (capacity > 0 && !Number.isInteger(capacity)) {
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
    throw new MoeError(who, 'capacity must be a number of tokens or { factor, convention }', capacity);
  }
  expectKnownOptions(`${who}: capacity`, capacity, ['factor', 'convention']);
  const factor = expectPositive(who, 'capacity.factor', capacity.factor);
  const convention = expectOneOf(
    who,
    'capacity.convention',
    capacity.convention ?? 'megatron',
    capacityConventions,
  );
  return (tokens) => expertCapacity(convention, { tokens, experts, expertsPerToken, factor });
}

/** Python's rounding, which flaxformer relies on. */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
