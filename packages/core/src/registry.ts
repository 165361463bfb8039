/**
 * The registry: from a kind and its JSON options back to the object.
 *
 * `defineRouter`, `defineGate`, `defineExpert` and `defineBalanceLoss` enter every factory here when its module is
 * evaluated, so whatever a program imports can be restored. A bundler drops what is never imported; a page that loads
 * models of unknown content imports the packages' `register` modules, which hold everything.
 */
import { MoeError } from './errors.ts';
import { aRole, type Config, type Identifier, type Plugin, type Role } from './identity.ts';

type Factory = (options: never) => Plugin;

const factories: Readonly<Record<Role, Map<string, Factory>>> = {
  router: new Map(),
  gate: new Map(),
  expert: new Map(),
  balanceLoss: new Map(),
};

const imports: Readonly<Record<Role, string>> = {
  router: "import '@tfjs-moe/gates/register'",
  gate: "import '@tfjs-moe/gates/register'",
  expert: "import '@tfjs-moe/experts/register'",
  balanceLoss: "import '@tfjs-moe/layers/register'",
};

/**
 * Enters a factory under its kind. A kind must survive the journey through tfjs's model JSON, which turns strings to
 * snake_case and back, so it is lower camel case.
 */
export function register(role: Role, kind: string, factory: Factory): void {
  if (!/^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$/.test(kind) || /[A-Z]{2}/.test(kind)) {
    throw new MoeError(
      `define ${role}`,
      'kind must be lower camel case without two capitals in a row, like topK',
      kind,
    );
  }
  factories[role].set(kind, factory);
}

/** The kinds that are registered now, in alphabetical order. */
export function knownKinds(role: Role): string[] {
  return [...factories[role].keys()].sort();
}

/**
 * Restores a plugin from itself, its config or its kind.
 * @param role what is wanted
 * @param identifier an object (returned as it is), a config `{ kind, ...options }`, or a kind
 * @param who named in errors; default the role
 */
export function restore<T extends Plugin>(role: Role, identifier: Identifier<T>, who: string = role): T {
  if (typeof identifier === 'string') return build<T>(role, { kind: identifier }, who);
  if (typeof identifier !== 'object' || identifier === null || typeof identifier.kind !== 'string') {
    throw new MoeError(
      who,
      `${aRole[role]} must be an object, a config { kind, ... } or the name of a kind`,
      identifier,
    );
  }
  if (!('role' in identifier)) return build<T>(role, identifier as Config, who);
  if (identifier.role !== role) {
    throw new MoeError(
      who,
      `expected ${aRole[role]}, got the ${String(identifier.role)} "${identifier.kind}"`,
    );
  }
  return identifier as T;
}

function build<T extends Plugin>(role: Role, { kind, ...options }: Config, who: string): T {
  const factory = factories[role].get(kind);
  if (factory === undefined) {
    const known = knownKinds(role).join(', ') || 'none yet';
    throw new MoeError(
      who,
      `unknown ${role} kind; known kinds: ${known}. A kind is known once its factory is imported: ` +
        `${imports[role]} (or 'tfjs-moe/register') brings every built-in one, your own kinds need the module that defines them`,
      kind,
    );
  }
  return factory(options as never) as unknown as T;
}
