import { expectInteger, MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';

/** Version of the config that this code writes, and the newest that it reads. */
export const FORMAT_VERSION = 4;

/** What the configs of a version hold beyond those of the version before. `getConfig` writes all of it, always. */
const written: readonly (readonly string[])[] = [
  [
    'experts',
    'gate',
    'expert',
    'units',
    'balance',
    'dispatch',
    'capacity',
    'seed',
    'nonFinite',
    'recordRouting',
    'trainableGate',
    'trainableExperts',
  ],
  ['trainingCalls'],
  ['weightAt', 'shared', 'dropout', 'regularizers'],
  ['constraints'],
];

/** The options that a config of the version is written with. */
export function writtenOptions(version: number): readonly string[] {
  return written.slice(0, version).flat();
}

/** The version of a saved config, or undefined for options that somebody wrote. */
export function savedVersion(who: string, version: unknown): number | undefined {
  if (version === undefined) return undefined;
  const known = expectInteger(who, 'formatVersion', version, { min: 1 });
  if (known <= FORMAT_VERSION) return known;
  throw new MoeError(
    who,
    `this config was written by a newer tfjs-moe; this one reads up to version ${FORMAT_VERSION}`,
    version,
  );
}

/**
 * Refuses a saved config that lacks what its version always writes: with a default in its place the layer would compute
 * something else, and nobody would be told.
 */
export function expectSaved(who: string, config: object, version: number): void {
  const given = config as Readonly<Record<string, unknown>>;
  const missing = writtenOptions(version).filter((name) => given[name] === undefined);
  const { capacity } = given as { readonly capacity?: unknown };
  if (version >= 2 && typeof capacity === 'object' && capacity !== null) {
    missing.push(
      ...['factor', 'convention', ...(version >= 3 ? ['priority'] : [])]
        .filter((name) => !Object.hasOwn(capacity, name))
        .map((name) => `capacity.${name}`),
    );
  }
  if (missing.length > 0) throw damaged(who, `it lacks ${missing.join(', ')}`);
  for (const name of ['gate', 'expert']) {
    if (typeof given[name] === 'string') throw damaged(who, `its ${name} has no options`);
  }
}

const advice = development ? ' (options of your own have no formatVersion, and then have defaults)' : '';

function damaged(who: string, what: string): MoeError {
  return new MoeError(who, `this saved config is damaged: ${what}${advice}`);
}
