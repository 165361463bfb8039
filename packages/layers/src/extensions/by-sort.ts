import * as tf from '@tensorflow/tfjs-core';
import { expectKnownOptions, MoeError, type OptionsJson } from '@tfjs-moe/core';
import type { StoredParam } from '../weights.ts';

/** The sorts of weights for which options may differ. */
const sorts = ['expertKernel', 'expertBias', 'gateKernel', 'gateBias'] as const;
type Sort = (typeof sorts)[number];

/** A regulariser or a constraint of tfjs: a function of a weight that can be saved. */
export interface WeightFunction<Result extends tf.Tensor> {
  apply(weight: tf.Tensor): Result;
  getClassName(): string;
  getConfig(): tf.serialization.ConfigDict;
}

/** What a config holds of such a function. */
export interface WeightFunctionConfig {
  readonly className: string;
  readonly config: tf.serialization.ConfigDict;
}

/** A function of a weight for each sort, where there is one. */
export type BySort<Result extends tf.Tensor> = Readonly<Record<Sort, WeightFunction<Result> | undefined>>;

/**
 * Reads such functions of the options of `who`.
 * @param what one of them is, for errors
 */
export function readBySort<Result extends tf.Tensor>(
  who: string,
  what: string,
  given: object,
): BySort<Result> {
  expectKnownOptions(who, given, sorts, { nullable: sorts });
  const read = (sort: Sort) => functionOf(who, sort, what, (given as { [s in Sort]?: unknown })[sort]);
  return Object.fromEntries(sorts.map((sort) => [sort, read(sort)])) as unknown as BySort<Result>;
}

/** The functions as JSON, from which they can be read. */
export function configBySort(all: BySort<tf.Tensor>): OptionsJson {
  const configs = sorts.map((sort) => {
    const own = all[sort];
    return [sort, own ? { className: own.getClassName(), config: own.getConfig() } : null];
  });
  return Object.fromEntries(configs) as OptionsJson;
}

/** The weights that learn and have a function, each with it. */
export function weightsBySort<Result extends tf.Tensor>(
  all: BySort<Result>,
  part: 'expert' | 'gate',
  stored: Readonly<Record<string, StoredParam>>,
): readonly { readonly own: WeightFunction<Result>; readonly param: StoredParam }[] {
  return Object.entries(stored).flatMap(([name, param]) => {
    const sort = /^(kernel|bias)/.exec(name.split('/').at(-1)!)?.[0];
    const own =
      sort && param.spec.trainable !== false
        ? all[`${part}${sort === 'kernel' ? 'Kernel' : 'Bias'}`]
        : undefined;
    return own ? [{ own, param }] : [];
  });
}

function functionOf(who: string, sort: string, what: string, given: unknown): object | undefined {
  if (given == null) return undefined;
  const { apply, getConfig, className, config } = given as Partial<
    WeightFunction<tf.Tensor> & WeightFunctionConfig
  >;
  if (typeof apply === 'function' && typeof getConfig === 'function') return given;
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  if (typeof className !== 'string' || typeof config !== 'object') {
    throw new MoeError(who, `${sort} must be a ${what} of tfjs, or { className, config }`, given);
  }
  // What tfjs writes in snake_case it reads with a capital letter.
  const name = `_${className}`.replace(/_+([a-zA-Z])/g, (_all, letter: string) => letter.toUpperCase());
  if (!Object.hasOwn(classNameMap, name)) {
    throw new MoeError(who, `${sort}: unknown class; import the module that registers it`, className);
  }
  const [made, fromConfig] = classNameMap[name]!;
  return fromConfig(made, config);
}
