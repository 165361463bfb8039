/** Gates and experts of every kind, and measures of them at random parameters. */
import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import {
  cosineRouter,
  euclideanRouter,
  hierarchical,
  mlpRouter,
  noisyTopK,
  sigmoid,
  softmax,
  switchGate,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import type { MeasureShape, MixingMeasure } from '@tfjs-moe/measures';
import { randomMeasure as measureAtRandom, type RandomMeasureOptions } from '@tfjs-moe/measures/testing';

export { randomRows } from '@tfjs-moe/measures/testing';

/** For four experts. */
export const manyGates: readonly Gate[] = [
  softmax(),
  softmax({ useBias: false }),
  softmax({ router: mlpRouter({ hiddenUnits: 3 }) }),
  softmax({ router: cosineRouter({ epsilon1: 0.1, epsilon2: 0.1 }) }),
  softmax({ router: euclideanRouter() }),
  sigmoid(),
  sigmoid({ normalize: true }),
  temperature(),
  temperature({ router: mlpRouter({ hiddenUnits: 2 }) }),
  topK({ k: 2 }),
  topK({ k: 2, biasInSelection: false }),
  topK({ k: 2, weighting: sigmoid(), selectionBias: true }),
  topK({ k: 1 }),
  noisyTopK({ k: 2 }),
  switchGate(),
  hierarchical({ groups: 2 }),
  hierarchical({ groups: 2, outer: sigmoid(), inner: temperature() }),
  hierarchical({ groups: 2, inner: hierarchical({ groups: 2 }) }),
  hierarchical({ groups: 2, outer: hierarchical({ groups: 2 }) }),
  topK({ k: 2, weighting: hierarchical({ groups: 2 }) }),
];

export const manyExperts: readonly Expert[] = [
  linear(),
  constant(),
  polynomial(),
  polynomial({ degree: 3, useBias: false }),
  ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
  ffn({ hiddenUnits: 3, activation: 'tanh' }),
  ffn({ hiddenUnits: [3, 2], activation: 'sigmoid' }),
  ffn({ hiddenUnits: 2, activation: 'sigmoid', useBias: false }),
  ffn({ hiddenUnits: [2, 3], activation: 'relu' }),
  normalizedFfn({ hiddenUnits: 2, activation: 'tanh', outputWeights: false }),
  gatedFfn({ hiddenUnits: 3 }),
  gatedFfn({ hiddenUnits: 2, useBias: true }),
];

/** A name for tests. */
export const nameOf = ({ config }: { readonly config: object }): string => JSON.stringify(config);

/** A measure at random parameters, for gates and experts of two inputs unless it is said otherwise. */
export function randomMeasure(
  gate: Gate,
  expert: Expert,
  {
    inputDim = 2,
    experts = 4,
    units = 1,
    ...rest
  }: Partial<Pick<MeasureShape, 'inputDim' | 'experts' | 'units'>> & RandomMeasureOptions = {},
): MixingMeasure {
  return measureAtRandom({ gate, expert, inputDim, experts, units }, rest);
}
