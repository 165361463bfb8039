import { builtInKinds } from '@tfjs-moe/core/hints';
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
  if (typeof kind === 'string' && /^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$/.test(kind) && !/[A-Z]{2}/.test(kind))
    return;
  throw new MoeError(
    nameOfDefine(role),
    'kind must be lower camel case without two capitals in a row, like topK',
    kind,
  );
}

/** Of every kind that was defined, the text of the function that defines it. */
const texts = new Map<string, string>();

/**
 * Refuses what is no function, and another definition of a kind that is built in: configs and saved models that name the
 * kind would make something else, all over the program. A module that is evaluated again has the same text; so the built-in
 * one may be reloaded, and a kind of one's own is as good defined again, changed or not.
 */
export function expectDefine(role: Role, kind: string, define: unknown): void {
  const who = nameOfDefine(role);
  if (typeof define !== 'function')
    throw new MoeError(who, `${kind} needs a function from options to a definition`, define);
  const text = String(define);
  const before = texts.get(`${role}/${kind}`);
  if (before !== undefined && before !== text && builtInKinds[role].includes(kind)) {
    throw new MoeError(
      who,
      `the kind ${kind} is built in and is defined twice, differently: give ${aRole[role]} of your own another kind, and have the packages of tfjs-moe in one version`,
    );
  }
  texts.set(`${role}/${kind}`, text);
}

function nameOfDefine(role: Role): string {
  return `define${role[0]!.toUpperCase()}${role.slice(1)}`;
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
