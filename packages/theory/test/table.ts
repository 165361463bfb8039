/** The gates and experts that what theory says is compared on: all classes of the theorems, and others. */
import { defineExpert, type Expert, type Gate, type Ops } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial, zero } from '@tfjs-moe/experts';
import {
  cosineRouter,
  euclideanRouter,
  hierarchical,
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

const general = mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });
const relu = mlpRouter({ hiddenUnits: 2, activation: 'tanh', outputActivation: 'relu' });

export const gates: Readonly<Record<string, Gate>> = {
  softmax: softmax(),
  'softmax without bias': softmax({ useBias: false }),
  'softmax over cosine': softmax({ router: cosineRouter() }),
  'softmax over Euclidean': softmax({ router: euclideanRouter() }),
  temperature: temperature(),
  'fixed temperature': temperature({ learned: false }),
  'temperature over tanh': temperature({ router: general }),
  'temperature over relu': temperature({ router: relu }),
  sigmoid: sigmoid(),
  'sigmoid, normalised': sigmoid({ normalize: true }),
  'sigmoid over tanh': sigmoid({ router: general }),
  pointwise: pointwise(),
  hierarchical: hierarchical({ groups: 2 }),
  'hierarchical of temperatures': hierarchical({ groups: 2, inner: temperature() }),
  'hierarchical of sigmoids': hierarchical({ groups: 2, inner: sigmoid() }),
  'top-1': topK({ k: 1 }),
  'top-2': topK({ k: 2 }),
  'top-2 of the theory': topK({ k: 2, biasInSelection: false }),
  'top-P': topP(),
  noisy: noisyTopK({ k: 2 }),
  switch: switchGate(),
};

const ridge = (activation: 'gelu' | 'tanh' | 'sigmoid' | 'relu' | 'softplus', useBias = true) =>
  ffn({ hiddenUnits: [], activation, outputWeights: false, useBias });

/** $s^2\,|w^\top x|$, homogeneous of degrees that no form says. */
const ownExpert = defineExpert('ownOfTable', () => ({
  config: {},
  params: (inputDim, units) => ({
    scale: { shape: [units], initializer: { kind: 'ones' } },
    w: { shape: [inputDim, units], initializer: { kind: 'glorotUniform' } },
  }),
  apply<V>(ops: Ops<V>, x: V, p: Readonly<Record<'scale' | 'w', V>>): V {
    const z = ops.affine(x, p.w);
    return ops.mul(ops.mul(p.scale, p.scale), ops.activation('softplus', z));
  },
}));

export const experts: Readonly<Record<string, Expert>> = {
  linear: linear(),
  'linear without bias': linear({ useBias: false }),
  constant: constant(),
  square: polynomial({ degree: 2 }),
  'cube without bias': polynomial({ degree: 3, useBias: false }),
  gelu: ridge('gelu'),
  tanh: ridge('tanh'),
  sigmoid: ridge('sigmoid'),
  softplus: ridge('softplus'),
  relu: ridge('relu'),
  'tanh without bias': ridge('tanh', false),
  'ffn of gelu': ffn({ hiddenUnits: 2, activation: 'gelu' }),
  'ffn of relu, activated': ffn({ hiddenUnits: 2, activation: 'relu', outputWeights: false }),
  gated: gatedFfn({ hiddenUnits: 2 }),
  'direction gelu': normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
  zero: zero(),
  'of somebody else': ownExpert(),
};

/** Experts of the table that can be split in their amplitude: they are homogeneous in some parameters. */
export const withAmplitude: readonly string[] = [
  'linear',
  'linear without bias',
  'constant',
  'square',
  'cube without bias',
  'relu',
  'ffn of gelu',
  'ffn of relu, activated',
  'gated',
  'of somebody else',
];

/** Gates of the table whose weights no other atom has a part in, so that atoms with one gate add up. */
export const additive: readonly string[] = [
  'sigmoid',
  'sigmoid over tanh',
  'pointwise',
  'hierarchical of sigmoids',
];

export const pairs: readonly (readonly [string, string])[] = Object.keys(gates).flatMap((gate) =>
  Object.keys(experts).map((expert) => [gate, expert] as const),
);
