import { type Bounds, expectInteger, expectNumber, expectOneOf, expectPositive } from '@tfjs-moe/core';

/** Turns what was written after an option into its value, or says what should have been written. */
export interface Reader<T> {
  (written: string, option: string, who: string): T;
  /** The words that can be written, where they are known: shells complete them. */
  readonly words?: readonly string[];
}

/** Digits alone: not 0x10, not 2e0, not the empty text, all of which `Number` takes. */
const WHOLE = /^-?\d+$/;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** A whole number in decimal digits. */
export function integer(bounds: Bounds): Reader<number> {
  // Beyond, two numbers that are written differently are the same.
  const all = { max: Number.MAX_SAFE_INTEGER, ...bounds };
  return (written, option, who) => {
    // Of what is no whole number, only a fraction is shown as a number.
    const isNumber = WHOLE.test(written) || !Number.isInteger(numberOf(written));
    const value = isNumber ? numberOf(written) : written;
    const isLarge = typeof value === 'number' && value > Number.MAX_SAFE_INTEGER;
    return expectInteger(who, option, value, isLarge ? all : bounds);
  };
}

/** A number in decimal notation, with an exponent where there is one. */
export function decimal(bounds: Bounds): Reader<number> {
  return (written, option, who) => expectNumber(who, option, numberOf(written), bounds);
}

/** A number above 0. */
export const positive: Reader<number> = (written, option, who) =>
  expectPositive(who, option, numberOf(written));

function numberOf(written: string): number | string {
  return DECIMAL.test(written) ? Number(written) : written;
}

/** One of a list of words. */
export function oneOf<const T extends string>(names: readonly T[]): Reader<T> {
  const read: Reader<T> = (written, option, who) => expectOneOf(who, option, written, names);
  return Object.assign(read, { words: names });
}

/** Whatever was written, without the blanks around it. */
export const text: Reader<string> = (written) => written;
