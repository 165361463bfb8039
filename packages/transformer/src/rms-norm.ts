import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import { expectKnownOptions, expectPositive } from '@tfjs-moe/core';
import { NORMALIZE_ROWS, NORMALIZE_ROWS_GRADIENT } from '@tfjs-moe/core/kernels';
import { withGradient } from '@tfjs-moe/layers/writing';
import { layerOptions } from './layer-options.ts';
import { featuresOf, type LayerArgs, SequenceLayer } from './sequence-layer.ts';

/** Options of `rmsNorm`, beside those of every layer. */
export interface RmsNormArgs extends LayerArgs {
  /** Added to the mean square, so that zeros stay zeros. Default 1e-6. */
  readonly epsilon?: number;
}

/** The layer that `rmsNorm` makes, under the name by which it is saved. */
export class RmsNorm extends SequenceLayer {
  /** @nocollapse */
  static className = 'RmsNorm';

  private readonly epsilon: number;
  private scale!: LayerVariable;

  constructor(args: RmsNormArgs = {}) {
    super(args);
    expectKnownOptions('rmsNorm', args, ['epsilon', ...layerOptions]);
    this.epsilon = expectPositive('rmsNorm', 'epsilon', args.epsilon ?? 1e-6);
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = featuresOf(this.name, inputShape);
    this.scale = this.addWeight('scale', [features], 'float32', initializers.ones());
    super.build(inputShape);
  }

  protected transform(x: tf.Tensor): tf.Tensor {
    return normed(x, this.scale.read(), this.epsilon);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}

tf.serialization.registerClass(RmsNorm);

/**
 * Root mean square normalisation, $y = g \odot x / \sqrt{\tfrac1D \sum_d x_d^2 + \epsilon}$ with a learned scale g [D].
 *
 * In place of `tf.layers.layerNormalization` where every millisecond counts: its gradient is one formula of ten kernels, and
 * one kernel on wasm with `@tfjs-moe/wasm`, where tfjs composes layer normalisation of some thousand without.
 *
 * [..., D] -> [..., D]. Source: Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
 */
export function rmsNorm(args: RmsNormArgs = {}): RmsNorm {
  return new RmsNorm(args);
}

function normed(x: tf.Tensor, scale_D: tf.Tensor, epsilon: number): tf.Tensor {
  const fits = x.shape[x.rank - 1] === scale_D.shape[0];
  if (fits && tf.getKernel(NORMALIZE_ROWS, tf.getBackend()) != null)
    return normedByKernel(x, scale_D, epsilon);
  const reciprocal = (values: tf.Tensor) => tf.rsqrt(tf.add(tf.mean(tf.square(values), -1, true), epsilon));
  return withGradient([x, scale_D], {
    forward: ([values, scale]) => tf.mul(tf.mul(values!, reciprocal(values!)), scale!),
    backward(dy, [values, scale]) {
      const reciprocals = reciprocal(values!);
      const unit = tf.mul(values!, reciprocals);
      const dUnit = tf.mul(dy, scale!);
      const along = tf.mean(tf.mul(dUnit, unit), -1, true);
      const features = scale!.shape[0]!;
      return [
        tf.mul(reciprocals, tf.sub(dUnit, tf.mul(unit, along))),
        tf.sum(tf.reshape(tf.mul(dy, unit), [-1, features]), 0),
      ];
    },
  });
}

/** The same by one kernel forward and one back. */
function normedByKernel(x: tf.Tensor, scale_D: tf.Tensor, epsilon: number): tf.Tensor {
  const run = (name: string, inputs: Record<string, tf.Tensor>) =>
    tf.engine().runKernel(name, inputs, { epsilon, centered: false }) as tf.Tensor[];
  const normedRows = tf.customGrad((...given: unknown[]) => {
    const [values, scale, save] = given as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value, kept] = run(NORMALIZE_ROWS, { x: values, scale }) as [tf.Tensor, tf.Tensor];
    save([values, scale, kept]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [before, by, own]: tf.Tensor[]) =>
        run(NORMALIZE_ROWS_GRADIENT, { x: before!, scale: by!, kept: own!, dy }).slice(0, 2),
    };
  });
  const rows = tf.reshape(x, [-1, scale_D.shape[0]!]);
  return tf.reshape(normedRows(rows, scale_D), x.shape);
}
