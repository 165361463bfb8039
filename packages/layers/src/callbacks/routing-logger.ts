import { CustomCallback } from '@tensorflow/tfjs-layers';
import { expectInteger, expectKnownOptions } from '@tfjs-moe/core';
import type { RoutingMetrics } from '../routing-metrics.ts';
import { recordedGates, type Watchable } from './watched-gates.ts';

/** The routing of one batch and when it was. */
export interface RoutingRecord extends RoutingMetrics {
  /** Name of the layer; of a layer with several tasks, `layer/task`. */
  readonly layer: string;
  /** Epoch, from 0. */
  readonly epoch: number;
  /** Batches since training began, from 0. */
  readonly step: number;
}

/** Options of `routingLogger`: how often it records, and how much it keeps. */
export interface RoutingLoggerOptions {
  /**
   * What to watch: a mixture layer, with one gate or several, or a model or layer in which some lie, however deep; or several
   * of these. Every gate has entries of its own.
   */
  readonly layer: Watchable | readonly Watchable[];
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
  const gates = recordedGates('routingLogger', options.layer);
  const limit = expectInteger('routingLogger', 'limit', options.limit ?? 1000, { min: 2 });
  let history: RoutingRecord[] = [];
  let epoch = 0;
  let step = 0;
  let stride = 1;

  async function keep(): Promise<void> {
    const at = step++;
    if (at % stride !== 0) return;
    for (const { name, latest } of gates) {
      // tfjs validates between the last batch of an epoch and its end.
      const metrics = await latest();
      if (metrics !== null) history.push({ ...metrics, layer: name, epoch, step: at });
    }
    while (history.length > limit && history.some(({ step: of }) => of !== history[0]!.step)) {
      stride *= 2;
      history = history.filter((record) => record.step % stride === 0);
    }
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
