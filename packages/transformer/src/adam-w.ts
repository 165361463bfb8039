import * as tf from '@tensorflow/tfjs-core';
import { expectKnownOptions, expectNumber, expectPositive } from '@tfjs-moe/core';

/** Options of `adamW`. */
export interface AdamWOptions {
  /** The step size; `optimizer.setLearningRate` changes it. Default 1e-3. */
  readonly learningRate?: number;
  /** Decay of the mean of the gradients, below 1. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares, below 1. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number;
  /** What a step takes away of every weight but vectors and biases, as said below, in units of the step size. Default 0.01. */
  readonly weightDecay?: number;
  /** The largest norm of all gradients together; longer ones are made as long. Default: as long as they are. */
  readonly clip?: number;
}

type Gradients = Parameters<tf.AdamOptimizer['applyGradients']>[0];
type NamedTensor = Extract<Gradients, unknown[]>[number];

const options = ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'clip'];

/** The optimiser that `adamW` makes, under the name by which it is saved. */
export class AdamW extends tf.AdamOptimizer {
  /** @nocollapse */
  static override get className(): string {
    return 'AdamW';
  }

  private readonly weightDecay: number;
  private readonly clip: number | undefined;

  constructor(given: AdamWOptions = {}) {
    const who = 'adamW';
    expectKnownOptions(who, given, options);
    const {
      learningRate = 1e-3,
      beta1 = 0.9,
      beta2 = 0.999,
      epsilon = 1e-8,
      weightDecay = 0.01,
      clip,
    } = given;
    const share = { min: 0, max: 1 - 2 ** -24, maxName: 'just below 1' };
    super(
      expectNumber(who, 'learningRate', learningRate, { min: 0 }),
      expectNumber(who, 'beta1', beta1, share),
      expectNumber(who, 'beta2', beta2, share),
      expectPositive(who, 'epsilon', epsilon),
    );
    this.weightDecay = expectNumber(who, 'weightDecay', weightDecay, { min: 0 });
    this.clip = clip === undefined ? undefined : expectPositive(who, 'clip', clip);
  }

  /** Changes the step size from the next step on, as a schedule does. */
  setLearningRate(learningRate: number): void {
    this.learningRate = expectNumber('adamW', 'learningRate', learningRate, { min: 0 });
  }

  override applyGradients(gradients: Gradients): void {
    const given: NamedTensor[] = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    tf.tidy(() => {
      this.decay(given);
      super.applyGradients(this.clip === undefined ? given : clipped(given, this.clip));
    });
  }

  private decay(gradients: readonly NamedTensor[]): void {
    const kept = 1 - this.learningRate * this.weightDecay;
    if (kept === 1) return;
    for (const { name, tensor } of gradients) {
      const weight = tf.engine().registeredVariables[name];
      if (tensor != null && weight !== undefined && decays(weight)) weight.assign(tf.mul(weight, kept));
    }
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      weightDecay: this.weightDecay,
      ...(this.clip !== undefined && { clip: this.clip }),
    };
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    // What tfjs adds to the config of whatever it restores.
    const { customObjects: _, ...options } = config;
    return new cls(options);
  }
}

tf.serialization.registerClass(AdamW);

/**
 * Adam with decay of the weights themselves, $w \leftarrow (1 - \eta \lambda) w - \eta \, \hat m / (\sqrt{\hat v} +
 * \epsilon)$, and, where `clip` says so, gradients cut to a norm before anything else: the usual optimiser of transformers.
 *
 * Vectors, as the scale of a norm, do not decay, nor what a mixture keeps of them for each of its experts or groups: biases,
 * temperatures, scales, thresholds, centers and constant outputs, told by their names. It goes into `compile` and is saved with the model
 * like those of tfjs.
 *
 * Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).
 */
export function adamW(given: AdamWOptions = {}): AdamW {
  return new AdamW(given);
}

/** Mixtures keep a vector or a number of each expert as [experts, F]: the name tells them from matrices. */
const VECTORS =
  /(^|\/)(bias[^/]*|(temperature|scale|threshold|center)(_\d+)?)$|(^|\/)(gate|expert)\/(.*\/)?value(_\d+)?$/;

function decays(weight: tf.Variable): boolean {
  return weight.rank > 1 && !VECTORS.test(weight.name);
}

function clipped(gradients: readonly NamedTensor[], most: number): NamedTensor[] {
  const squares = gradients.flatMap(({ tensor }) => (tensor == null ? [] : [tf.sum(tf.square(tensor))]));
  if (squares.length === 0) return [...gradients];
  const norm = tf.sqrt(tf.addN(squares));
  // Not a comparison: a norm of NaN has to stay one, or weights would be nothing's fault.
  const factor = tf.minimum(tf.div(most, tf.maximum(norm, 1e-30)), 1);
  return gradients.map(({ name, tensor }) => ({
    name,
    tensor: tensor == null ? tensor : tf.mul(tensor, factor),
  }));
}
