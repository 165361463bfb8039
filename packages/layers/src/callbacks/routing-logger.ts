import { CustomCallback } from '@tensorflow/tfjs-layers';
import { expectInteger, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { MixtureOfExperts } from '../mixture-of-experts.ts';
import type { RoutingMetrics } from '../routing-metrics.ts';

/** The routing of one batch and when it was. */
export interface RoutingRecord extends RoutingMetrics {
  /** Epoch, from 0. */
  readonly epoch: number;
  /** Batches since training began, from 0. */
  readonly step: number;
}

/** Options of `routingLogger`: how often it records, and how much it keeps. */
export interface RoutingLoggerOptions {
  /** The layer to watch. */
  readonly layer: MixtureOfExperts;
  /** The most entries that are kept. Default 1000. */
  readonly limit?: number;
}

/** The callback, for `fit` and `fitDataset`. */
export type RoutingLogger = CustomCallback & {
  /** What was kept, oldest first. */
  readonly history: readonly RoutingRecord[];
};

/**
 * A callback that keeps the routing of every training batch of a `fit`, within a bound.
 *
 * When the history is full every second entry goes and from then on only every second batch is kept, so that a run of any
 * length is covered evenly by at most `limit` entries.
 */
export function routingLogger(options: RoutingLoggerOptions): RoutingLogger {
  expectKnownOptions('routingLogger', options, ['layer', 'limit']);
  const { layer } = options;
  if (!(layer instanceof MixtureOfExperts)) {
    throw new MoeError('routingLogger', 'layer must be a MixtureOfExperts layer', layer);
  }
  if (layer.getConfig().recordRouting === false) {
    throw new MoeError(
      'routingLogger',
      'layer must record its routing, so not be made with recordRouting: false',
      layer,
    );
  }
  const limit = expectInteger('routingLogger', 'limit', options.limit ?? 1000, { min: 2 });
  let history: RoutingRecord[] = [];
  let epoch = 0;
  let step = 0;
  let stride = 1;

  async function keep(): Promise<void> {
    const at = step++;
    if (at % stride !== 0) return;
    await layer.routingSettled();
    // tfjs validates between the last batch of an epoch and its end.
    const metrics = layer.trainingRoutingMetrics;
    if (metrics === null) return;
    history.push({ ...metrics, epoch, step: at });
    if (history.length <= limit) return;
    stride *= 2;
    history = history.filter((record) => record.step % stride === 0);
  }

  const callback = new CustomCallback({
    onTrainBegin() {
      history = [];
      step = 0;
      stride = 1;
    },
    onEpochBegin(next) {
      epoch = next;
    },
    onBatchEnd: keep,
  });
  return Object.defineProperty(callback, 'history', { get: () => history }) as RoutingLogger;
}
