/** A small transformer of stock layers, the feed-forward part of its blocks dense or a mixture. */
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  type LayerVariable,
  layers,
  model,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts } from '@tfjs-moe/layers';

const POSITIONS = 32;
const FEATURES = 64;
const HEADS = 4;

/** Attention as one writes it first: queries, keys and values from one product, heads by one permutation. */
class Attention extends layers.Layer {
  static className = 'BenchAttention';
  private inward!: LayerVariable;
  private outward!: LayerVariable;

  override build(inputShape: Shape): void {
    const glorot = initializers.glorotUniform({ seed: 1 });
    this.inward = this.addWeight('inward', [FEATURES, 3 * FEATURES], 'float32', glorot);
    this.outward = this.addWeight('outward', [FEATURES, FEATURES], 'float32', glorot);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat() as [tf.Tensor];
      const [batch, size] = [x.shape[0]!, FEATURES / HEADS];
      const rows = tf.reshape(x, [batch * POSITIONS, FEATURES]);
      const all = tf.reshape(tf.matMul(rows, this.inward.read() as tf.Tensor2D), [
        batch,
        POSITIONS,
        3,
        HEADS,
        size,
      ]);
      const parts = tf.split(tf.transpose(all, [2, 0, 3, 1, 4]), 3, 0);
      const [q, k, v] = parts.map((part) => tf.reshape(part, [batch * HEADS, POSITIONS, size])) as [
        tf.Tensor3D,
        tf.Tensor3D,
        tf.Tensor3D,
      ];
      const shares = tf.softmax(tf.mul(tf.matMul(q, k, false, true), size ** -0.5));
      const heads = tf.reshape(tf.matMul(shares as tf.Tensor3D, v), [batch, HEADS, POSITIONS, size]);
      const joined = tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [batch * POSITIONS, FEATURES]);
      return tf.reshape(tf.matMul(joined as tf.Tensor2D, this.outward.read() as tf.Tensor2D), x.shape);
    });
  }
}

/** Two blocks with layer normalisation before each part. */
export function transformer(feedForward: 'dense' | 'mixture'): LayersModel {
  const inputs = input({ shape: [POSITIONS, FEATURES] });
  let value: SymbolicTensor = inputs;
  const added = (...parts: layers.Layer[]) => {
    const applied = parts.reduce((x, part) => part.apply(x) as SymbolicTensor, value);
    value = layers.add().apply([value, applied]) as SymbolicTensor;
  };
  for (let block = 0; block < 2; block++) {
    added(layers.layerNormalization(), new Attention({}));
    if (feedForward === 'dense')
      added(
        layers.layerNormalization(),
        layers.dense({ units: 256, activation: 'relu' }),
        layers.dense({ units: FEATURES }),
      );
    else
      added(
        layers.layerNormalization(),
        mixtureOfExperts({
          ...{
            experts: 8,
            gate: topK({ k: 2 }),
            expert: ffn({ hiddenUnits: 128 }),
            units: FEATURES,
            seed: 1,
          },
        }),
      );
  }
  const outputs = layers.dense({ units: 64, activation: 'softmax' }).apply(value) as SymbolicTensor;
  const made = model({ inputs, outputs });
  made.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  return made;
}

/** A batch of sequences, and a class for every position. */
export function sequences(batch: number): [tf.Tensor, tf.Tensor] {
  const classes = Int32Array.from({ length: batch * POSITIONS }, (_, i) => (i * 7) % 64);
  return [
    tf.randomNormal([batch, POSITIONS, FEATURES], 0, 1, 'float32', 1),
    tf.tidy(() => tf.oneHot(tf.tensor2d(classes, [batch, POSITIONS], 'int32'), 64)),
  ];
}
