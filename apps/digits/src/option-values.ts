/**
 * Values of command-line options: what was written, checked and converted. Each returns undefined for an option that was
 * not given, so that the caller's default applies.
 */
import { type Bounds, expectInteger, expectNumber, expectOneOf, MoeError } from '@tfjs-moe/core';

/** Named in errors. */
export const WHO = 'digits';

/** The options of a command line, by name. */
export type Given = Readonly<Record<string, unknown>>;

/** What was written after an option, without the blanks around it. */
export function text(given: Given, option: string): string | undefined {
  const value = given[option];
  if (value === undefined) return undefined;
  // `--no-gate` arrives as false.
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new MoeError(WHO, `--${option} needs a value`);
}

function number(given: Given, option: string): number | string | undefined {
  const written = text(given, option);
  // Number() reads the empty text as 0 and '0x10' as 16: only decimal notation counts.
  return written !== undefined && /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(written) ? Number(written) : written;
}

/** A whole number within bounds. */
export function integer(given: Given, option: string, bounds: Bounds): number | undefined {
  const value = number(given, option);
  return value === undefined ? undefined : expectInteger(WHO, `--${option}`, value, bounds);
}

/** A number from 0 up. */
export function weight(given: Given, option: string): number | undefined {
  const value = number(given, option);
  return value === undefined ? undefined : expectNumber(WHO, `--${option}`, value, { min: 0, max: 1_000 });
}

/** One of a list of names. */
export function name<T extends string>(given: Given, option: string, names: readonly T[]): T | undefined {
  const written = text(given, option);
  return written === undefined ? undefined : expectOneOf(WHO, `--${option}`, written, names);
}

/** Whether an option without a value is there. */
export function flag(given: Given, option: string): boolean {
  return given[option] === true;
}
