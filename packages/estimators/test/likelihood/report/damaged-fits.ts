/** Saved fits with a member that is missing or something else, at any depth. */
import { MoeError, type Stream, stream } from '@tfjs-moe/core';
import {
  contrasts,
  determination,
  fitFromJSON,
  fitToJSON,
  type MaximumLikelihoodFit,
  marginalEffects,
  summary,
  withReference,
} from '../../../src/index.ts';

const values = [undefined, null, 'x', {}, [], -1, 0.5, { number: 'NaN' }, [[1]]];

/** Keys in a random order. */
function keysOf(of: object, random: Stream): string[] {
  const keys = Object.keys(of ?? {});
  return Array.from(random.permutation(keys.length), (place) => keys[place]!);
}

/** Changes one member, and says which. */
function damage(json: object, random: Stream): string {
  let at = json as Record<string, object>;
  let [key] = keysOf(at, random);
  const path = [key];
  while (random.uniform() < 0.7 && typeof at[key!] === 'object' && keysOf(at[key!]!, random).length > 0) {
    at = at[key!] as Record<string, object>;
    [key] = keysOf(at, random);
    path.push(key);
  }
  const value = values[random.integer(values.length)];
  if (value === undefined && !Array.isArray(at)) delete at[key!];
  else at[key!] = value as object;
  return `${path.join('.')} = ${JSON.stringify(value)}`;
}

/**
 * Damages a saved fit so many times, and asks it what follows from a fit.
 * @returns damages after which something else was thrown than an error that names what is wrong
 */
export function wrongAnswers(
  fit: MaximumLikelihoodFit,
  rows: readonly (readonly number[])[],
  rounds: number,
  seed: number,
): string[] {
  const json = JSON.stringify(fitToJSON(fit));
  const random = stream(seed, 'damage');
  const slope = fit.estimates.find(({ part }) => part === 'expert')!;
  return Array.from({ length: rounds }, () => {
    const damaged = JSON.parse(json);
    const what = damage(damaged, random);
    let read: MaximumLikelihoodFit;
    try {
      read = fitFromJSON(damaged);
    } catch (error) {
      return error instanceof MoeError ? '' : `${what}: ${error}`;
    }
    for (const ask of asked(`${slope.group}: ${slope.name}`, rows)) {
      try {
        ask(read);
      } catch (error) {
        if (!(error instanceof MoeError)) return `${what}: ${error}`;
      }
    }
    return '';
  }).filter((line) => line !== '');
}

/** Each by itself: one that is refused hides none of the others. */
const asked = (
  slope: string,
  rows: readonly (readonly number[])[],
): readonly ((fit: MaximumLikelihoodFit) => unknown)[] => [
  (fit) => summary(fit, { level: 0.9 }),
  (fit) => contrasts(fit, slope),
  (fit) => marginalEffects(fit, rows),
  (fit) => withReference(fit, 1),
  (fit) => determination(fit),
];
