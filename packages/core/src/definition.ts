import { MoeError } from './errors.ts';
import { aRole, type Role } from './identity.ts';

/** Functions without which an object cannot play its role. */
const needed: Readonly<Record<Role, readonly string[]>> = {
  router: ['params', 'logit'],
  gate: ['params', 'expertsPerToken', 'route'],
  expert: ['params', 'apply'],
  balanceLoss: ['value'],
};

/** Refuses a kind that would not survive the journey through the JSON of a model. */
export function expectKind(role: Role, kind: string): void {
  if (/^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$/.test(kind) && !/[A-Z]{2}/.test(kind)) return;
  throw new MoeError(
    `define ${role}`,
    'kind must be lower camel case without two capitals in a row, like topK',
    kind,
  );
}

/** Refuses a definition without what its role needs. */
export function expectDefinition(role: Role, kind: string, definition: { readonly config: unknown }): void {
  const missing = missingFunction(role, definition);
  if (missing === undefined && typeof definition.config === 'object') return;
  const functions = needed[role].join(', ');
  throw new MoeError(
    kind,
    `the definition of ${aRole[role]} needs config and the functions ${functions}`,
    missing,
  );
}

/** Refuses an object that has a role and cannot play it. */
export function expectPlays(who: string, role: Role, plugin: object): void {
  const missing = missingFunction(role, plugin);
  if (missing === undefined) return;
  throw new MoeError(who, `${aRole[role]} needs the function ${missing}; a config has no role`, plugin);
}

function missingFunction(role: Role, object: object): string | undefined {
  const functions = object as Readonly<Record<string, unknown>>;
  return needed[role].find((name) => typeof functions[name] !== 'function');
}
