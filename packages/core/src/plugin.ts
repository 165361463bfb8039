import { MoeError } from './errors.ts';
import { freeze } from './freeze.ts';
import { aRole, type OptionsJson, type Plugin, type Role } from './identity.ts';
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
 * @param needed functions that the definition must have
 * @param define checks the options and returns the definition
 */
export function definePlugin<
  A extends readonly unknown[],
  D extends { readonly config: OptionsJson },
  T extends Plugin,
>(
  role: Role,
  kind: string,
  needed: readonly (keyof D & string)[],
  define: (...options: A) => D,
): PluginFactory<A, T> {
  const factory = (...options: A): T => {
    const definition = define(...options);
    const missing = needed.find((name) => typeof definition[name] !== 'function');
    if (missing !== undefined || typeof definition.config !== 'object') {
      throw new MoeError(
        kind,
        `the definition of ${aRole[role]} needs config and the functions ${needed.join(', ')}`,
        missing,
      );
    }
    return freeze({ ...definition, role, kind, config: { kind, ...definition.config } }) as unknown as T;
  };
  register(role, kind, factory as unknown as (options: never) => Plugin);
  return Object.assign(factory, { kind });
}
