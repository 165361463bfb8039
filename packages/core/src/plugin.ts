import { development } from '@tfjs-moe/core/hints';
import { expectDefinition } from './definition.ts';
import { MoeError } from './errors.ts';
import { freeze } from './freeze.ts';
import type { OptionsJson, Plugin, Role } from './identity.ts';
import { expectShallow } from './nesting.ts';
import { register } from './registry.ts';

/** A factory that knows the kind it makes. */
export type PluginFactory<A extends readonly unknown[], T> = ((...options: A) => T) & {
  readonly kind: string;
};

/**
 * What the four `define` functions share: a definition becomes a frozen plain object, and its factory is registered.
 *
 * @param role what is defined
 * @param kind lower camel case, unique within the role
 * @param define checks the options and returns the definition
 */
export function definePlugin<
  A extends readonly unknown[],
  D extends { readonly config: OptionsJson },
  T extends Plugin,
>(role: Role, kind: string, define: (...options: A) => D): PluginFactory<A, T> {
  const factory = (...options: A): T => {
    const definition = define(...options);
    if (development) expectDefinition(role, kind, definition);
    const config = { kind, ...definition.config };
    expectShallow(kind, config);
    expectFloats(kind, config);
    return freeze({ ...definition, role, kind, config }) as unknown as T;
  };
  register(role, kind, factory as unknown as (options: never) => Plugin);
  return Object.assign(factory, { kind });
}

/** What is frozen when its plugin is made needs no second look, in whatever it is a part. */
const checked = new WeakSet<object>();

/** Refuses numbers that would be infinite, or 0 without being 0, in the float32 of every layer. */
function expectFloats(who: string, config: object, path = ''): void {
  if (checked.has(config)) return;
  for (const [name, value] of Object.entries(config)) {
    if (typeof value === 'object' && value !== null) expectFloats(who, value, `${path}${name}.`);
    if (typeof value !== 'number') continue;
    const float = Math.fround(value);
    if (!Number.isFinite(float) || (float === 0 && value !== 0))
      throw new MoeError(who, `${path}${name} must be a number that float32 can hold`, value);
  }
  checked.add(config);
}
