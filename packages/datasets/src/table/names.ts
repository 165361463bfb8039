import { MoeError } from '@tfjs-moe/core';

/**
 * A list of texts, which a single text is not: read as a list it would be one of letters.
 * @throws MoeError
 */
export function expectNames(who: string, option: string, value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((name) => typeof name === 'string');
  if (isList) return value;
  const remedy = typeof value === 'string' ? `, as [${JSON.stringify(value)}]` : '';
  throw new MoeError(who, `${option} must be a list of texts${remedy}`, value);
}

const MOST = 20;

/** The first names of a list, and how many there are besides: an error must stay readable. */
export function someOf(names: readonly string[]): string {
  const first = names.slice(0, MOST).join(', ');
  return names.length > MOST ? `${first} and ${names.length - MOST} more` : first;
}
