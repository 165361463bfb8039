import { MoeError } from '@tfjs-moe/core';

let made = 0;

/**
 * The name of a new layer: the one that was given, if tfjs can make names of weights from it, else `moe_1`, `moe_2`, ...,
 * short enough for a line of `summary()`.
 *
 * Automatic names count the layers of the process, as tfjs's do, and step over numbers that were given, so that a new
 * layer never has the name of one that was loaded before.
 */
export function layerName(given: unknown): string {
  if (given === undefined || given === null || given === '') return `moe_${++made}`;
  if (typeof given !== 'string' || !/^[A-Za-z0-9][-\w./]*$/.test(given)) {
    throw new MoeError(
      'mixtureOfExperts',
      'name must be letters (A to Z), digits, - _ . or /, the first a letter or a digit',
      given,
    );
  }
  const number = Number(/^moe_(\d{1,9})$/.exec(given)?.[1] ?? 0);
  made = Math.max(made, number);
  return given;
}
