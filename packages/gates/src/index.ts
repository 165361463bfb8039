/** The routers and the gates. */

// What their options have in common.
export type { RouterOptions } from './biased-router.ts';
// Routers: score one expert for an input.
export { type CosineRouterOptions, cosineRouter } from './cosine-router.ts';
export { type EuclideanRouterOptions, euclideanRouter } from './euclidean-router.ts';
// Gates made of gates.
export { type HierarchicalOptions, hierarchical } from './hierarchical.ts';
export { type LinearRouterOptions, linearRouter } from './linear-router.ts';
export { type MlpRouterOptions, mlpRouter } from './mlp-router.ts';
// Sparse gates: a few experts get a token.
export { type NoisyTopKOptions, noisyTopK } from './noisy-top-k.ts';
export type { Renormalization } from './selection.ts';
// Dense gates: every expert gets every token.
export { type SigmoidOptions, sigmoid } from './sigmoid.ts';
export { type SoftmaxOptions, softmax } from './softmax.ts';
export { type SwitchGateOptions, switchGate } from './switch-gate.ts';
export { type TemperatureOptions, temperature } from './temperature.ts';
export { type TopKOptions, topK } from './top-k.ts';
