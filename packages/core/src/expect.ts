/**
 * Checks of options at the boundary. Each returns the value it was given, with its type narrowed, or throws a
 * `MoeError` that says what was expected and what was received.
 */
import { development, didYouMean } from '@tfjs-moe/core/hints';
import { MoeError } from './errors.ts';
import { limits } from './limits.ts';

/** Bounds of a number, both inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** Replaces the upper bound's number in the message, for example `the number of experts (8)`. */
  readonly maxName?: string;
}

/** An integer within bounds. */
export function expectInteger(who: string, option: string, value: unknown, bounds: Bounds = {}): number {
  if (Number.isInteger(value) && within(value as number, bounds)) return value as number;
  throw new MoeError(who, `${option} must be an integer${phrase(bounds)}`, value);
}

/** A finite number within bounds. */
export function expectNumber(who: string, option: string, value: unknown, bounds: Bounds = {}): number {
  if (Number.isFinite(value) && within(value as number, bounds)) return value as number;
  throw new MoeError(who, `${option} must be a finite number${phrase(bounds)}`, value);
}

/** A finite number above zero. */
export function expectPositive(who: string, option: string, value: unknown): number {
  if (Number.isFinite(value) && (value as number) > 0) return value as number;
  throw new MoeError(who, `${option} must be a finite number above 0`, value);
}

/** A positive integer that may be an axis of a weight, such as a number of units. */
export function expectSize(who: string, option: string, value: unknown): number {
  return atMost(who, option, expectInteger(who, option, value, { min: 1 }), limits.numbersOfWeight);
}

/** A number of experts, or of what there are at most as many of: groups of them, experts per token. */
export function expectExperts(who: string, option: string, value: unknown): number {
  return atMost(who, option, expectInteger(who, option, value, { min: 1 }), limits.experts);
}

/** A positive integer or a list of them, such as the widths of hidden layers, as a list. */
export function expectSizes(who: string, option: string, value: unknown): number[] {
  const sizes: unknown[] = Array.isArray(value) ? [...value] : [value];
  if (!sizes.every((size) => Number.isInteger(size) && (size as number) > 0))
    throw new MoeError(who, `${option} must be an integer of at least 1 or a list of them`, value);
  atMost(who, `the length of ${option}`, sizes.length, limits.hiddenLayers);
  for (const size of sizes) atMost(who, option, size as number, limits.numbersOfWeight);
  return sizes as number[];
}

function atMost(who: string, what: string, value: number, most: number): number {
  if (value <= most) return value;
  throw new MoeError(who, `${what} must be at most ${most.toLocaleString('en-US')}`, value);
}

/**
 * The value of an option that must be true or false.
 * @throws MoeError otherwise
 */
export function expectBoolean(who: string, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new MoeError(who, `${option} must be true or false`, value);
}

/** One of a list of names. */
export function expectOneOf<T extends string>(
  who: string,
  option: string,
  value: unknown,
  names: readonly T[],
): T {
  if (typeof value === 'string' && (names as readonly string[]).includes(value)) return value as T;
  const list = names.map((name) => `'${name}'`).join(', ');
  const hint = development ? didYouMean(value, names) : '';
  throw new MoeError(who, `${option} must be one of ${list}${hint}`, value);
}

/** What the check of an options object knows besides the names. */
export interface OptionNames {
  /** Options that may be null, which then means "none"; everywhere else null is refused, for it is no default. */
  readonly nullable?: readonly string[];
  /** What to write instead of a name that people bring from elsewhere. */
  readonly instead?: (name: string) => string | undefined;
}

/**
 * Refuses option names that a factory does not know, for a misspelt option must not be ignored, and null in place of a
 * value: an option that is left out has its default.
 */
export function expectKnownOptions(
  who: string,
  options: object,
  known: readonly string[],
  { nullable = [], instead }: OptionNames = {},
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new MoeError(who, `options must be an object with some of ${known.join(', ')}`, options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw unknownOption(who, name, known, instead);
    if (value === null && !nullable.includes(name)) {
      const hint = development ? '; leave it out to have its default' : '';
      throw new MoeError(who, `${name} must not be null${hint}`, value);
    }
  }
}

function unknownOption(
  who: string,
  name: string,
  known: readonly string[],
  instead: OptionNames['instead'],
): MoeError {
  const mend = development ? instead?.(name) : undefined;
  const near = development ? didYouMean(name, known) : '';
  const hint = mend === undefined ? near : ` (write ${mend})`;
  const list = known.length === 0 ? 'there are no options' : `known options are ${known.join(', ')}`;
  return new MoeError(who, `unknown option "${name}"${hint}; ${list}`);
}

function within(value: number, { min = -Infinity, max = Infinity }: Bounds): boolean {
  return value >= min && value <= max;
}

function phrase({ min, max, maxName }: Bounds): string {
  const top = maxName ?? max;
  if (min !== undefined && top !== undefined) return ` between ${min} and ${top}`;
  if (min !== undefined) return ` of at least ${min}`;
  return top === undefined ? '' : ` of at most ${top}`;
}
