/** The routers and the gates. */
// biome-ignore-all assist/source/organizeImports: a contents page, in an order made by hand

// What the options of most gates have in common.
export type { RouterOptions } from './biased-router.ts';
export type { Renormalization } from './selection.ts';

// Routers: score one expert for an input.
// list: routers
export { type LinearRouterOptions, linearRouter } from './linear-router.ts';
export { type MlpRouterOptions, mlpRouter } from './mlp-router.ts';
export { type CosineRouterOptions, cosineRouter } from './cosine-router.ts';
export { type EuclideanRouterOptions, euclideanRouter } from './euclidean-router.ts';
export { type SelectedInputsRouterOptions, selectedInputsRouter } from './selected-inputs-router.ts';
export { type ConstantRouterOptions, constantRouter } from './constant-router.ts';
// end of list

// list: gates
// Gates, dense: every expert gets every token.
export { type SoftmaxOptions, softmax } from './softmax.ts';
export { type SigmoidOptions, sigmoid } from './sigmoid.ts';
export { type PointwiseOptions, pointwise } from './pointwise.ts';
export { type TemperatureOptions, temperature } from './temperature.ts';
export { type ProductKeysOptions, productKeys } from './product-keys.ts';
export { type DselectKOptions, dselectK } from './dselect-k.ts';
// Gates, sparse: a few experts get a token.
export { type TopKOptions, topK } from './top-k.ts';
export { type NoisyTopKOptions, noisyTopK } from './noisy-top-k.ts';
export { type SwitchGateOptions, switchGate } from './switch-gate.ts';
export { type GroupLimitedTopKOptions, groupLimitedTopK } from './group-limited-top-k.ts';
export { type QuantileBalancingOptions, quantileBalancing } from './quantile-balancing.ts';
export { type SinkhornOptions, sinkhorn } from './sinkhorn.ts';
export { type TopPOptions, topP } from './top-p.ts';
export { type MinPOptions, minP } from './min-p.ts';
export { type SparseMixerOptions, sparseMixer } from './sparse-mixer.ts';
export { type ReMoeOptions, reMoe } from './re-moe.ts';
export { type HashOptions, hash } from './hash.ts';
// Gates, by experts: each takes its tokens.
export { type ExpertChoiceOptions, expertChoice } from './expert-choice.ts';
export { type ExpertThresholdOptions, expertThreshold } from './expert-threshold.ts';
export { type SequenceTopKOptions, sequenceTopK } from './sequence-top-k.ts';
export { type MixtureOfDepthsOptions, mixtureOfDepths } from './mixture-of-depths.ts';
export { type SoftMoeOptions, softMoe } from './soft-moe.ts';
// Gates, made of gates.
export { type HierarchicalOptions, hierarchical } from './hierarchical.ts';
export { type LossFreeOptions, lossFree } from './loss-free.ts';
// end of list
