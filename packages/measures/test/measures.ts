/** Gates and experts of every kind, and measures of them at random parameters. */
import { type Expert, type Gate, initialValues, mapNames, stream } from '@tfjs-moe/core';
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
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';

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

export interface RandomMeasureOptions {
  readonly seed?: number;
  readonly inputDim?: number;
  readonly experts?: number;
  readonly units?: number;
  /** Standard deviation of the parameters. */
  readonly scale?: number;
}

/** A measure at random parameters, every number of which matters. */
export function randomMeasure(
  gate: Gate,
  expert: Expert,
  { seed = 1, inputDim = 2, experts = 4, units = 1, scale = 1 }: RandomMeasureOptions = {},
): MixingMeasure {
  const shape = { gate, expert, inputDim, experts, units };
  const specs = measureSpecs(shape);
  const random = stream(seed, 'measure');
  const draw = (named: typeof specs.gate) =>
    mapNames(named, (spec) => {
      const numbers = Array.from({ length: spec.copies }, () => [...initialValues(spec, random)]).flat();
      return numbers.map((value) => {
        const { min = -Infinity } = spec.constraint ?? {};
        // Temperatures stay where they mean something.
        return min > 0 ? value * (1 + random.uniform()) : scale * random.normal();
      });
    });
  return { ...shape, gateParams: draw(specs.gate), expertParams: draw(specs.expert) };
}

/** Standard normal rows. */
export function randomRows(n: number, inputDim = 2, seed = 2): number[][] {
  const random = stream(seed, 'rows');
  return Array.from({ length: n }, () => Array.from({ length: inputDim }, () => random.normal()));
}
