/** A consumer's program, for its types alone: it is compiled against the published declarations, not run. */
import * as tf from '@tensorflow/tfjs';
import { testGate } from '@tfjs-moe/gates/testing';
import { toDataset } from '@tfjs-moe/layers/data';
import {
  defineExpert,
  type ExpertFactory,
  ffn,
  type Gate,
  type MixtureOfExperts,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  type RoutingMetrics,
  routingLogger,
  switchLoss,
  topK,
} from 'tfjs-moe';
import 'tfjs-moe/register';

const gate: Gate = topK({ k: 2 });
const args: MixtureOfExpertsArgs = {
  experts: 4,
  gate,
  expert: ffn({ hiddenUnits: 8, activation: 'gelu' }),
  balance: [switchLoss(), { kind: 'zLoss', weight: 0.001 }],
  inputShape: [3],
};
const layer: MixtureOfExperts = mixtureOfExperts(args);
const model: tf.Sequential = tf.sequential({ layers: [layer, tf.layers.dense({ units: 1 })] });
await model.fit(tf.zeros([4, 3]), tf.zeros([4, 1]), { callbacks: routingLogger({ layer }) });
const metrics: RoutingMetrics | null = layer.routingMetrics;
export const busiest: number = Math.max(...(metrics?.load ?? [0]));

export const doubled: ExpertFactory<[]> = defineExpert('doubled', () => ({
  config: {},
  params: (inputDim: number, units: number) => ({
    kernel: { shape: [inputDim, units], initializer: { kind: 'zeros' } } as const,
  }),
  apply: (ops, x, p) => ops.mul(ops.constant(2), ops.affine(x, p.kernel)),
}));

export const images: tf.data.Dataset<{ xs: tf.Tensor; ys: tf.Tensor }> = toDataset({
  size: 1,
  images: new Uint8Array(4),
  labels: new Uint8Array(1),
  shape: [2, 2],
});

// Without their declarations these would be `any`, and no error.
// @ts-expect-error k is a number
topK({ k: '2' });
// @ts-expect-error unknown option
mixtureOfExperts({ ...args, gates: 2 });
// @ts-expect-error a runner is needed
testGate(gate);
