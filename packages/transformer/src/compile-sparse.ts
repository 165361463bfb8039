import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { sparseCrossEntropy } from './sparse-cross-entropy.ts';

/** Options of `compileSparse`: those of `compile`, whose loss is decided. */
export interface CompileSparseOptions {
  readonly optimizer: Optimizer | string;
  /** Names of metrics, of which `accuracy` is one. Default none. */
  readonly metrics?: readonly string[];
}

/**
 * Compiles a model whose one output are logits [..., V] for integer labels: `fit`, `trainOnBatch` and `evaluate` then
 * take labels [..., 1] and minimise `sparseCrossEntropy`.
 *
 * `compile` alone has no way to: tfjs wants labels in the shape of the output for any loss but its own
 * `sparseCategoricalCrossentropy`, which wants probabilities, and labels of float32. A model saved with its optimiser
 * comes back with that one, so compile it again.
 */
export function compileSparse(model: LayersModel, options: CompileSparseOptions): void {
  const who = 'compileSparse';
  expectKnownOptions(who, options, ['optimizer', 'metrics']);
  if (model?.outputs?.length !== 1)
    throw new MoeError(who, 'the model must have one output', model?.outputs?.length ?? model);
  const { optimizer, metrics = [] } = options;
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: [...metrics] });
  // The shape of the labels is decided by now, and is that of the loss that was named.
  model.lossFunctions[0] = sparseCrossEntropy;
}
