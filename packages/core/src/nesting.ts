import { MoeError } from './errors.ts';
import { limits } from './limits.ts';

/**
 * How many configs `{ kind, ... }` lie inside each other in a value, the outermost among them; objects that are plugins
 * were looked at when they were made. Infinite for what is deeper than any limit, or contains itself.
 */
export function nestingOf(value: unknown): number {
  return heightOf(value, new Map(), 0);
}

/** Refuses options or configs that lie too deep inside each other. */
export function expectShallow(who: string, value: unknown): void {
  if (nestingOf(value) <= limits.nesting) return;
  throw new MoeError(who, `configs may lie inside each other ${limits.nesting} deep`);
}

/** Objects that are no configs, lists for example, may lie between two configs; but not without end. */
const BETWEEN = 8;

/** What is frozen stays as deep as it is. */
const frozen = new WeakMap<object, number>();

function heightOf(value: unknown, seen: Map<object, number>, level: number): number {
  if (typeof value !== 'object' || value === null || 'role' in value) return 0;
  const known = frozen.get(value) ?? seen.get(value);
  if (known !== undefined) return known;
  if (level > BETWEEN * limits.nesting) return Number.POSITIVE_INFINITY;
  // Until it is known: whoever contains itself meets this.
  seen.set(value, Number.POSITIVE_INFINITY);
  let inside = 0;
  for (const inner of Object.values(value)) inside = Math.max(inside, heightOf(inner, seen, level + 1));
  const height = inside + (typeof (value as { kind?: unknown }).kind === 'string' ? 1 : 0);
  seen.set(value, height);
  if (Object.isFrozen(value)) frozen.set(value, height);
  return height;
}
