import * as tf from '@tensorflow/tfjs-core';
import { metricsOf, type RoutingMetrics } from './routing-metrics.ts';
import { readsSynchronously } from './tensor/own-kernel.ts';

/** The metrics of the latest batches of one layer. */
export interface LatestRouting {
  /** Of the last batch, or null before the first. */
  readonly any: RoutingMetrics | null;
  /** Of the last batch in training mode, or null before the first. */
  readonly inTraining: RoutingMetrics | null;
  /** Resolves when the metrics of every batch so far have arrived. */
  readonly settled: Promise<void>;
  /** Reads the tensor of a batch: at once where that is cheap, and later, without stalling, where it is not. */
  add(numbers: tf.Tensor1D, training: boolean): void;
}

export function latestRouting(): LatestRouting {
  let any: RoutingMetrics | null = null;
  let inTraining: RoutingMetrics | null = null;
  let settled: Promise<void> = Promise.resolve();

  function arrive(values: ArrayLike<number>, training: boolean): void {
    any = metricsOf(values);
    if (training) inTraining = any;
  }

  return {
    get any() {
      return any;
    },
    get inTraining() {
      return inTraining;
    },
    get settled() {
      return settled;
    },
    add(numbers, training) {
      if (readsSynchronously()) {
        arrive(numbers.dataSync(), training);
        return;
      }
      const kept = tf.keep(numbers);
      // One after the other: the last batch must stay the last, however long its numbers took.
      settled = Promise.all([kept.data(), settled]).then(
        ([values]) => {
          arrive(values, training);
          kept.dispose();
        },
        () => {
          // The backend went away with the tensor; the next batch brings new numbers.
        },
      );
    },
  };
}
