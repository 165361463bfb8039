import type { Expert, Gate, Router } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial, zero } from '@tfjs-moe/experts';
import {
  cosineRouter,
  euclideanRouter,
  groupLimitedTopK,
  hierarchical,
  linearRouter,
  lossFree,
  mlpRouter,
  noisyTopK,
  pointwise,
  sigmoid,
  softmax,
  switchGate,
  temperature,
  topK,
  topP,
} from '@tfjs-moe/gates';

/** Every built-in router with the options that change what it is. */
export function builtInRouters(): [string, Router][] {
  return Object.entries({
    linear: linearRouter(),
    euclidean: euclideanRouter({ scale: 0.3 }),
    cosine: cosineRouter(),
    'cosine, fixed temperature': cosineRouter({ learned: false }),
    'cosine, perturbed': cosineRouter({ epsilon1: 0.1, epsilon2: 0.2 }),
    mlp: mlpRouter({ hiddenUnits: 3 }),
    'mlp without hidden layers': mlpRouter({ hiddenUnits: [] }),
    'mlp of tanh': mlpRouter({ hiddenUnits: 1, activation: 'tanh', outputActivation: 'sigmoid' }),
    'mlp of relu': mlpRouter({ hiddenUnits: [3, 2], activation: 'relu', outputActivation: 'relu' }),
    'mlp that ends linearly': mlpRouter({ hiddenUnits: 2, outputActivation: 'identity' }),
    'mlp with shared layers': mlpRouter({ hiddenUnits: 2, shared: true, outputActivation: 'identity' }),
  });
}

/** Every built-in expert with the options that change what it is. */
export function builtInExperts(): [string, Expert][] {
  const activations = [
    'relu',
    'gelu',
    'geluTanh',
    'tanh',
    'sigmoid',
    'silu',
    'softplus',
    'identity',
  ] as const;
  return Object.entries({
    linear: linear(),
    'linear without bias': linear({ useBias: false }),
    constant: constant(),
    polynomial: polynomial(),
    'polynomial of degree 1': polynomial({ degree: 1 }),
    'polynomial of degree 5 without bias': polynomial({ degree: 5, useBias: false }),
    ...Object.fromEntries(
      activations.flatMap((activation) => [
        [`ridge ${activation}`, ffn({ hiddenUnits: [], activation, outputWeights: false })],
        [`ffn ${activation}`, ffn({ hiddenUnits: 3, activation })],
        [`deep ffn ${activation} without bias`, ffn({ hiddenUnits: [2, 1], activation, useBias: false })],
        [
          `ffn ${activation} without output weights`,
          ffn({ hiddenUnits: 2, activation, outputWeights: false }),
        ],
        [`gated ${activation}`, gatedFfn({ hiddenUnits: 2, activation, useBias: true })],
      ]),
    ),
    gated: gatedFfn({ hiddenUnits: 1 }),
    'gated, clamped': gatedFfn({ hiddenUnits: 2, limit: 0.75, alpha: 1.702, upOffset: 1, useBias: true }),
    zero: zero(),
    'direction gelu': normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
    'exact direction tanh': normalizedFfn({ hiddenUnits: 2, activation: 'tanh', epsilon: 0 }),
  });
}

/** Every built-in gate with the options that change what it is; all of them serve four experts. */
export function builtInGates(): [string, Gate][] {
  return Object.entries({
    softmax: softmax(),
    'softmax without bias': softmax({ useBias: false }),
    ...Object.fromEntries(
      builtInRouters().map(([name, router]) => [`softmax over ${name}`, softmax({ router })]),
    ),
    'softmax over cosine without bias': softmax({ useBias: false, router: cosineRouter() }),
    temperature: temperature(),
    'fixed temperature': temperature({ learned: false }),
    'temperature, renormalised': temperature({ renormalize: true, noise: 'gumbel' }),
    'temperature over Euclidean': temperature({ router: euclideanRouter(), useBias: false }),
    'temperature over mlp': temperature({ router: mlpRouter({ hiddenUnits: 2 }) }),
    'temperature with threshold': temperature({ threshold: 0.1 }),
    'temperature with threshold, renormalised': temperature({ threshold: 0.1, renormalize: true }),
    sigmoid: sigmoid(),
    'sigmoid, normalised': sigmoid({ normalize: true }),
    'sigmoid over Euclidean without bias': sigmoid({ router: euclideanRouter(), useBias: false }),
    switch: switchGate(),
    noisy: noisyTopK(),
    'noisy, fixed': noisyTopK({ noise: { stddev: 1 }, renormalize: 'never', k: 3 }),
    'noisy of one': noisyTopK({ k: 1, loadThreshold: 'vmoe' }),
    'top-1': topK({ k: 1 }),
    'top-2': topK(),
    'top-3, never': topK({ k: 3, renormalize: 'never' }),
    'top-2 after drop': topK({ renormalize: 'afterDrop' }),
    'top-2 of the theory': topK({ biasInSelection: false }),
    'top-2 with selection bias': topK({ selectionBias: true }),
    'top-2 of temperature': topK({ weighting: temperature() }),
    'top-2 of sigmoid': topK({ weighting: 'sigmoid', renormalize: 'never' }),
    'top-1 of normalised sigmoid': topK({ k: 1, weighting: sigmoid({ normalize: true }) }),
    'top-2 of normalised sigmoid': topK({ weighting: sigmoid({ normalize: true }), renormalize: 'never' }),
    'top-2 of DeepSeek': topK({
      weighting: sigmoid({ normalize: true }),
      selectionBias: true,
      weightScale: 2.5,
    }),
    'square roots of softplus': pointwise(),
    'top-P': topP(),
    'top-2, balanced without a loss': lossFree(),
    'group-limited top-2': groupLimitedTopK({ groups: 2 }),
    'group-limited top-2 of DeepSeek': groupLimitedTopK({
      groups: 2,
      weighting: 'sigmoid',
      selectionBias: true,
    }),
    'top-2 of top-3': topK({ weighting: topK({ k: 3 }) }),
    hierarchical: hierarchical({ groups: 2 }),
    'hierarchical of temperatures': hierarchical({ groups: 2, outer: temperature(), inner: temperature() }),
    'hierarchical of top-1': hierarchical({ groups: 2, outer: topK({ k: 1 }), inner: sigmoid() }),
    'hierarchical in hierarchical': hierarchical({ groups: 2, inner: hierarchical({ groups: 2 }) }),
    'top-2 of hierarchical': topK({ weighting: hierarchical({ groups: 2 }) }),
  });
}
