/**
 * The registry: from a kind and its JSON options back to the object.
 *
 * `defineRouter`, `defineGate`, `defineExpert` and `defineBalanceLoss` enter every factory here when its module is
 * evaluated, so whatever a program imports can be restored. A bundler drops what is never imported; a page that loads
 * models of unknown content imports the packages' `register` modules, which hold everything.
 */
import { development, insteadOfIdentifier, insteadOfKind, wayToKinds } from '@tfjs-moe/core/hints';
import { expectKind, expectPlays } from './definition.ts';
import { MoeError } from './errors.ts';
import { aRole, type Config, type Plugin, type Role } from './identity.ts';
import { expectShallow } from './nesting.ts';

type Factory = (options: never) => Plugin;

const factories: Readonly<Record<Role, Map<string, Factory>>> = {
  router: new Map(),
  gate: new Map(),
  expert: new Map(),
  balanceLoss: new Map(),
};

/**
 * Enters a factory under its kind. A kind must survive the journey through tfjs's model JSON, which turns strings to
 * snake_case and back, so it is lower camel case.
 */
export function register(role: Role, kind: string, factory: Factory): void {
  if (development) expectKind(role, kind);
  factories[role].set(kind, factory);
}

/** The kinds that are registered now, in alphabetical order. */
export function knownKinds(role: Role): string[] {
  return [...factories[role].keys()].sort();
}

/** What all forms of an identifier have in common. */
type Named = string | { readonly kind?: unknown; readonly role?: unknown };

/**
 * Restores a plugin from itself, its config or its kind.
 * @param role what is wanted
 * @param identifier an object (returned as it is), a config `{ kind, ...options }`, or a kind
 * @param who named in errors; default the role
 */
export function restore<T extends Plugin>(role: Role, identifier: Named, who: string = role): T {
  if (typeof identifier === 'string') return build<T>(role, { kind: identifier }, who);
  if (typeof identifier !== 'object' || identifier === null || typeof identifier.kind !== 'string') {
    const hint = development ? insteadOfIdentifier(role, identifier, factories) : '';
    throw new MoeError(
      who,
      `${aRole[role]} must be an object, a config { kind, ... } or the name of a kind${hint}`,
      identifier,
    );
  }
  if (!('role' in identifier)) {
    const plugin = build<T>(role, identifier as Config, who);
    if (saved.has(identifier)) expectComplete(who, identifier as Config, plugin);
    return plugin;
  }
  if (identifier.role !== role) {
    throw new MoeError(
      who,
      `expected ${aRole[role]}, got the ${String(identifier.role)} "${identifier.kind}"`,
    );
  }
  if (development) expectPlays(who, role, identifier);
  return identifier as T;
}

/** The configs of the saved model that is being restored, with all that are nested in them. */
let saved: ReadonlySet<unknown> = new Set();

/**
 * Restores what a saved model holds. A plugin writes all its options, so that one that is missing is damage, and so is
 * one that it would not write: an error, where a default would change the outputs in silence.
 * @param configs the configs as they were read
 * @param restoreAll restores them, by `getGate` and the like
 */
export function restoringSaved<T>(configs: readonly unknown[], restoreAll: () => T): T {
  const outer = saved;
  saved = everythingIn(configs);
  try {
    return restoreAll();
  } finally {
    saved = outer;
  }
}

function everythingIn(configs: readonly unknown[]): ReadonlySet<unknown> {
  const found = new Set<unknown>();
  const open = [...configs];
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || 'role' in next || found.has(next)) continue;
    found.add(next);
    open.push(...Object.values(next));
  }
  return found;
}

function expectComplete(who: string, given: Config, { config, kind, laterOptions = [] }: Plugin): void {
  const missing = Object.keys(config).filter(
    (name) => given[name] === undefined && !laterOptions.includes(name),
  );
  const stray = Object.keys(given).filter((name) => !Object.hasOwn(config, name));
  if (missing.length === 0 && stray.length === 0) return;
  const what =
    missing.length > 0 ? `lacks ${missing.join(', ')}` : `holds ${stray.join(', ')}, which it never writes`;
  throw new MoeError(who, `this saved config is damaged: that of ${kind} ${what}`, given);
}

function build<T extends Plugin>(role: Role, { kind, ...options }: Config, who: string): T {
  const factory = factories[role].get(kind);
  if (factory === undefined) {
    const known = knownKinds(role).join(', ') || 'none yet';
    const hint = development ? insteadOfKind(role, kind, factories) : '';
    const way = development ? wayToKinds(role) : '';
    throw new MoeError(who, `unknown ${role} kind${hint}; known kinds: ${known}${way}`, kind);
  }
  // Before the factory goes down to the parts, each of which is restored by a call of its own.
  expectShallow(who, { kind, ...options });
  return factory(options as never) as unknown as T;
}
