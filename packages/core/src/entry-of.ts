import { development, didYouMean } from '@tfjs-moe/core/hints';
import { MoeError } from './errors.ts';

/**
 * The entry of a record under a name that somebody else wrote: what the record itself holds, never what every object
 * inherits (`toString`, `__proto__`).
 * @param what the kind of name, for the error, such as `gate parameter`
 */
export function entryOf<T>(
  who: string,
  what: string,
  entries: Readonly<Record<string, T>>,
  name: string,
  none = 'none',
): T {
  if (typeof name === 'string' && Object.hasOwn(entries, name)) return entries[name]!;
  const known = Object.keys(entries);
  const list = known.join(', ') || none;
  const hint = development ? didYouMean(name, known) : '';
  throw new MoeError(who, `unknown ${what}${hint}; known ${what}s: ${list}`, name);
}
