/** What the types of the experts allow and refuse; checked by `tsc`. */
import type { Expert, ExpertFactory, Identifier } from '@tfjs-moe/core';
import {
  constant,
  type FfnOptions,
  ffn,
  gatedConstant,
  gatedFfn,
  identity,
  linear,
  lora,
  normalizedFfn,
  polynomial,
  zero,
} from '@tfjs-moe/experts';

/** Fails to compile unless `T` is `true`. */
type Expect<T extends true> = T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export const every: readonly Expert[] = [
  linear(),
  polynomial({ degree: 3 }),
  constant(),
  ffn({ hiddenUnits: [4, 4], activation: 'gelu' }),
  normalizedFfn({ hiddenUnits: 4, epsilon: 0 }),
  gatedFfn({ hiddenUnits: 4, limit: 7, alpha: 1.702, upOffset: 1 }),
  gatedFfn({ hiddenUnits: 4, limit: null }),
  identity(),
  lora({ expert: { kind: 'ffn', hiddenUnits: 2 }, rank: 1 }),
  zero(),
  gatedConstant({ valueInitializer: 'zeros' }),
];

export const identifiers: readonly Identifier<Expert>[] = ['ffn', { kind: 'ffn', hiddenUnits: 4 }, linear()];

export type Tests = [
  Expect<Same<Parameters<typeof ffn>, [options: FfnOptions]>>,
  Expect<typeof ffn extends ExpertFactory<[options: FfnOptions]> ? true : false>,
  Expect<Same<(typeof ffn)['kind'], string>>,
  Expect<Same<ReturnType<typeof linear>['role'], 'expert'>>,
];

// The names of parameters are known where they do not depend on the options.
linear().params(2, 1).kernel.shape;
linear().params(2, 1).bias?.shape;
// @ts-expect-error there is no such parameter
linear().params(2, 1).weight;

// @ts-expect-error hiddenUnits is needed
ffn({});
// @ts-expect-error hiddenUnits is needed
ffn();
// @ts-expect-error no such activation
ffn({ hiddenUnits: 4, activation: 'elu' });
// @ts-expect-error no such option
linear({ usebias: false });
// @ts-expect-error it has no options
identity({ units: 4 });
// @ts-expect-error no such option of the expert inside
lora({ expert: { kind: 'linear', units: 2 }, rank: 1 });
// @ts-expect-error one number only
gatedFfn({ hiddenUnits: [4] });
// @ts-expect-error a config cannot be changed
linear().config.useBias = false;
