/** Every router, gate and expert of the packages, in small sizes, for tests that hold interpretations against each other. */
import { activations, type Expert, type Gate, type Router } from '@tfjs-moe/core';
import {
  constant,
  ffn,
  gatedConstant,
  gatedFfn,
  identity,
  linear,
  lora,
  normalizedFfn,
  polynomial,
  selectedInputs,
  zero,
} from '@tfjs-moe/experts';
import {
  constantRouter,
  cosineRouter,
  dselectK,
  euclideanRouter,
  expertThreshold,
  groupLimitedTopK,
  hierarchical,
  linearRouter,
  lossFree,
  minP,
  mlpRouter,
  noisyTopK,
  pointwise,
  productKeys,
  quantileBalancing,
  reMoe,
  selectedInputsRouter,
  sigmoid,
  sinkhorn,
  softmax,
  sparseMixer,
  switchGate,
  temperature,
  topK,
  topP,
} from '@tfjs-moe/gates';

const few = { hiddenUnits: 2 };

export const experts: readonly Expert[] = [
  constant(),
  linear(),
  linear({ useBias: false }),
  ...[1, 2, 3, 5].map((degree) => polynomial({ degree })),
  ...activations.map((activation) => ffn({ ...few, activation })),
  ffn({ hiddenUnits: [3, 2], activation: 'tanh' }),
  ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
  normalizedFfn({ ...few, activation: 'gelu' }),
  gatedFfn(few),
  gatedConstant(),
  lora({ expert: ffn({ ...few, activation: 'tanh' }), rank: 1, alpha: 0.5 }),
  identity(),
  zero(),
  selectedInputs({ features: [1, 0], expert: ffn({ ...few, activation: 'tanh' }) }),
  gatedFfn({ ...few, limit: 0.75, alpha: 1.7, upOffset: 1, useBias: true }),
];

export const routers: readonly Router[] = [
  constantRouter(),
  selectedInputsRouter({ features: [1, 0] }),
  linearRouter(),
  mlpRouter(few),
  mlpRouter({ ...few, shared: true, activation: 'softplus', outputActivation: 'sigmoid' }),
  cosineRouter(),
  cosineRouter({ epsilon1: 0.1, epsilon2: 0.2, learned: false }),
  euclideanRouter({ scale: 0.5 }),
];

/**
 * Gates that compare numbers which may be equal, or put others in last place by a number near the largest of float32: balls
 * cannot tell what is greater of the former, and enclose nothing beside the latter.
 */
export const comparing: readonly Gate[] = [
  productKeys({ keySize: 2 }),
  dselectK({ gamma: 4 }),
  topP({ p: 0.6 }),
  minP(),
  sparseMixer({ jitter: 0.3 }),
  groupLimitedTopK({ groups: 2, weighting: 'sigmoid', selectionBias: true }),
  quantileBalancing(),
];

export const gates: readonly Gate[] = [
  softmax(),
  softmax({ router: mlpRouter(few) }),
  sigmoid(),
  sigmoid({ normalize: true }),
  temperature({ temperature: 0.7 }),
  hierarchical({ groups: 2, outer: softmax(), inner: temperature() }),
  topK({ k: 2 }),
  switchGate(),
  pointwise(),
  lossFree(),
  expertThreshold({ k: 1 }),
  reMoe(),
  sinkhorn({ k: 2 }),
  pointwise({ activation: 'relu' }),
  noisyTopK({ k: 2 }),
  ...comparing,
];
