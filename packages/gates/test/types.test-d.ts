/** What the types of the routers and gates allow and refuse; checked by `tsc`. */
import type { Expert, Gate, GateFactory, Identifier, Router } from '@tfjs-moe/core';
import {
  cosineRouter,
  euclideanRouter,
  groupLimitedTopK,
  hierarchical,
  linearRouter,
  mlpRouter,
  noisyTopK,
  sigmoid,
  softmax,
  switchGate,
  type TopKOptions,
  temperature,
  topK,
} from '@tfjs-moe/gates';

/** Fails to compile unless `T` is `true`. */
type Expect<T extends true> = T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export const routers: readonly Router[] = [linearRouter(), mlpRouter(), cosineRouter(), euclideanRouter()];

export const gates: readonly Gate[] = [
  softmax({ router: 'mlp' }),
  sigmoid({ router: { kind: 'mlp', hiddenUnits: 8 } }),
  temperature({ router: mlpRouter() }),
  topK({ weighting: sigmoid(), renormalize: 'afterDrop' }),
  noisyTopK({ noise: { stddev: 1 } }),
  switchGate({ jitter: 0 }),
  groupLimitedTopK({ groups: 2, weighting: 'sigmoid' }),
  hierarchical({ groups: 2, outer: 'softmax', inner: hierarchical({ groups: 2, inner: topK({ k: 1 }) }) }),
];

export const identifiers: readonly Identifier<Gate>[] = ['topK', { kind: 'topK', k: 1 }, topK()];

export type Tests = [
  Expect<Same<Parameters<typeof topK>, [options?: TopKOptions]>>,
  Expect<typeof topK extends GateFactory<[options?: TopKOptions]> ? true : false>,
  Expect<Same<ReturnType<typeof topK>['role'], 'gate'>>,
  Expect<Same<ReturnType<typeof linearRouter>['role'], 'router'>>,
];

// @ts-expect-error groups is needed
hierarchical({ inner: topK() });
// @ts-expect-error no such convention
topK({ renormalize: 'always' });
// @ts-expect-error no such option
topK({ K: 2 });
declare const expert: Expert;
// @ts-expect-error an expert is no gate
topK({ weighting: expert });
// @ts-expect-error a gate is no router
softmax({ router: softmax() });
// @ts-expect-error one of two forms
noisyTopK({ noise: { sigma: 1 } });
// @ts-expect-error no such activation
mlpRouter({ outputActivation: 'elu' });
