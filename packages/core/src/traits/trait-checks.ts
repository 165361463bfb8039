import { MoeError } from '../errors.ts';
import { expectInteger, expectOneOf } from '../expect.ts';

/** Refuses a value at a place that is not what it must be. */
export type Check = (who: string, where: string, value: unknown) => void;

/** Members that a trait may have, each with its check, and those that it must have. */
export function members(checks: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check {
  const known = Object.keys(checks);
  return (who, where, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new MoeError(who, `${where} must be an object with some of ${known.join(', ')}`, value);
    }
    const stray = Object.keys(value).find((name) => !known.includes(name));
    if (stray !== undefined) {
      throw new MoeError(who, `${where} has no "${stray}"; it may have ${known.join(', ')}`);
    }
    const of = value as Record<string, unknown>;
    const missing = needed.find((name) => of[name] === undefined);
    if (missing !== undefined) throw new MoeError(who, `${where} needs ${needed.join(', ')}`, of[missing]);
    for (const name of known) if (of[name] !== undefined) checks[name]?.(who, `${where}.${name}`, of[name]);
  };
}

/** A check, and a rule between members. */
export function ruled<T>(check: Check, rule: string, holds: (value: T) => boolean): Check {
  return (who, where, value) => {
    check(who, where, value);
    if (!holds(value as T)) throw new MoeError(who, `${where}${rule}`, value);
  };
}

/** A list of values that pass a check. */
export const list =
  (check: Check): Check =>
  (who, where, value) => {
    if (!Array.isArray(value)) throw new MoeError(who, `${where} must be a list`, value);
    value.forEach((entry, i) => {
      check(who, `${where}[${i}]`, entry);
    });
  };

/** The name of a parameter. */
export const name: Check = (who, where, value) => {
  if (typeof value === 'string' && value !== '') return;
  throw new MoeError(who, `${where} must be the name of a parameter`, value);
};

/** A function. */
export const pure: Check = (who, where, value) => {
  if (typeof value === 'function') return;
  throw new MoeError(who, `${where} must be a function`, value);
};

/** An integer of at least 1. */
export const positive: Check = (who, where, value) => expectInteger(who, where, value, { min: 1 });

/** One of some words. */
export const oneOf =
  (...names: readonly string[]): Check =>
  (who, where, value) =>
    expectOneOf(who, where, value, names);

/** Hidden units with what may be done to them. */
export const units: Check = list(
  members(
    {
      incoming: list(name),
      outgoing: list(name),
      signs: list(members({ negated: list(name), constant: name }, ['negated'])),
      scales: list(members({ multiplied: list(name), divided: list(name) }, ['multiplied', 'divided'])),
    },
    ['incoming', 'outgoing'],
  ),
);
