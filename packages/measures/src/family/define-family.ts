import { type Config, MoeError, type OptionsJson } from '@tfjs-moe/core';
import type { Family, FamilyDefinition } from './family.ts';
import { isSameFamily } from './family-of.ts';

/** A function from options to a family. */
export type FamilyFactory<A extends readonly unknown[]> = ((...options: A) => Family) & {
  readonly kind: string;
};

/**
 * Whatever names a family: the object itself, its config `{ kind, ...options }`, or the bare kind; or a list of these, one
 * for each expert.
 */
export type FamilyIdentifier =
  | Family
  | BuiltInFamily
  | (string & {})
  | Config
  | readonly (Family | BuiltInFamily | (string & {}) | Config)[];

/** The kinds of family that are built in. */
export type BuiltInFamily =
  | 'gaussian'
  | 'multinomial'
  | 'binomial'
  | 'poisson'
  | 'negativeBinomial'
  | 'gamma'
  | 'studentT'
  | 'laplace'
  | 'perExpert';

const factories = new Map<string, (options: never) => Family>();

/**
 * Makes a family factory and registers its kind, so that saved fits find it again.
 * @param kind lower camel case, unique among families
 * @param define checks the options and returns the definition
 */
export function defineFamily<A extends readonly unknown[]>(
  kind: string,
  define: (...options: A) => FamilyDefinition,
): FamilyFactory<A> {
  if (typeof kind !== 'string' || !/^[a-z][A-Za-z0-9]*$/.test(kind))
    throw new MoeError('defineFamily', 'kind must be lower camel case, like negativeBinomial', kind);
  if (typeof define !== 'function')
    throw new MoeError('defineFamily', `${kind} needs a function from options to a definition`, define);
  const factory = (...options: A): Family => {
    const definition = define(...options);
    const config = Object.freeze({ kind, ...definition.config });
    return Object.freeze({ ...definition, role: 'family' as const, kind, config });
  };
  factories.set(kind, factory as unknown as (options: never) => Family);
  return Object.assign(factory, { kind });
}

/**
 * A family from itself, its config or its kind; a list of these is one for each expert, or where all are the same that one.
 * @throws MoeError for a kind that nothing defines, and for families that cannot stand beside each other
 */
export function getFamily(identifier: FamilyIdentifier, who = 'getFamily'): Family {
  if (Array.isArray(identifier)) {
    const families = (identifier as readonly FamilyIdentifier[]).map((each) => getFamily(each, who));
    const [first] = families;
    if (first !== undefined && families.every((each) => isSameFamily(first, each))) return first;
    return factories.get('perExpert')!({ families } as never);
  }
  if (typeof identifier === 'object' && identifier !== null && 'role' in identifier) {
    if ((identifier as Family).role === 'family') return identifier as Family;
    throw new MoeError(who, 'must be a family, its config or its kind', identifier);
  }
  const { kind, ...options } = (
    typeof identifier === 'string' ? { kind: identifier } : (identifier ?? {})
  ) as Config & OptionsJson;
  const factory = factories.get(kind);
  if (factory !== undefined) return factory(options as never);
  throw new MoeError(who, `must be one of ${[...factories.keys()].sort().join(', ')}`, kind ?? identifier);
}
