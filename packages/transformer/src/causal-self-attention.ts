import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import { expectInteger, expectKnownOptions, expectOneOf, MoeError, stream } from '@tfjs-moe/core';
import { floats, masked, matMul } from '@tfjs-moe/layers/writing';
import { causalBias, FORBIDDEN } from './causal-bias.ts';
import { layerOptions } from './layer-options.ts';
import { columnOf, featuresOf, type LayerArgs, onlyShape, SequenceLayer } from './sequence-layer.ts';

/** How attention knows where tokens stand: by a linear penalty on distance, or not at all. */
export type Positions = 'linear' | 'none';

/** Options of `causalSelfAttention`, beside those of every layer. */
export interface CausalSelfAttentionArgs extends LayerArgs {
  /** Number of heads; divides the features. */
  readonly heads: number;
  /**
   * `linear` subtracts $m_h (i - j)$ from the logit of a token j before i, with a slope of its own for every head
   * ($m_h = 2^{-8h/H}$): no weights, and lengths that training has not seen. `none` leaves positions to the input.
   * Default `linear`.
   */
  readonly positions?: Positions;
  /** Decides the initial weights. Default 0. */
  readonly seed?: number;
}

const kernels = ['query', 'key', 'value', 'output'] as const;

/** The layer that `causalSelfAttention` makes, under the name by which it is saved. */
export class CausalSelfAttention extends SequenceLayer {
  /** @nocollapse */
  static className = 'CausalSelfAttention';

  private readonly heads: number;
  private readonly positions: Positions;
  private readonly seed: number;
  private kernels!: Readonly<Record<(typeof kernels)[number], LayerVariable>>;

  constructor(args: CausalSelfAttentionArgs) {
    super({ ...args });
    const who = 'causalSelfAttention';
    expectKnownOptions(who, args, ['heads', 'positions', 'seed', ...layerOptions]);
    this.heads = expectInteger(who, 'heads', args.heads, { min: 1 });
    this.positions = expectOneOf(who, 'positions', args.positions ?? 'linear', ['linear', 'none']);
    this.seed = expectInteger(who, 'seed', args.seed ?? 0, { min: 0 });
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = featuresOf(this.name, inputShape);
    if (onlyShape(inputShape).length !== 3)
      throw new MoeError(this.name, 'the input must be [batch, tokens, features]', inputShape);
    if (features % this.heads !== 0)
      throw new MoeError(this.name, `heads must divide the features (${features})`, this.heads);
    const kernel = (name: string): LayerVariable => {
      const seed = stream(this.seed, 'causalSelfAttention', name).integer(2 ** 31);
      return this.addWeight(name, [features, features], 'float32', initializers.glorotUniform({ seed }));
    };
    const [query, key, value, output] = kernels.map(kernel) as [
      LayerVariable,
      LayerVariable,
      LayerVariable,
      LayerVariable,
    ];
    this.kernels = { query, key, value, output };
    super.build(inputShape);
  }

  protected transform(x_BTD: tf.Tensor, mask_BT: tf.Tensor | undefined): tf.Tensor {
    const [batch, tokens, features] = x_BTD.shape as [number, number, number];
    const { heads } = this;
    const size = features / heads;
    const rows = tf.reshape(x_BTD, [batch * tokens, features]);
    const ofHeads = (name: 'query' | 'key' | 'value') =>
      tf.transpose(
        tf.reshape(matMul(rows, this.kernels[name].read()), [batch, tokens, heads, size]),
        [0, 2, 1, 3],
      );
    const logits_BHTT = tf.matMul(tf.mul(ofHeads('query'), size ** -0.5), ofHeads('key'), false, true);
    const allowed_BHTT = tf.add(logits_BHTT, this.bias(tokens, mask_BT));
    const mixed_BHTS = tf.matMul(tf.softmax(allowed_BHTT), ofHeads('value'));
    const joined = tf.reshape(tf.transpose(mixed_BHTS, [0, 2, 1, 3]), [batch * tokens, features]);
    const y_BTD = tf.reshape(matMul(joined, this.kernels.output.read()), [batch, tokens, features]);
    return mask_BT === undefined ? y_BTD : masked(y_BTD, columnOf(mask_BT));
  }

  /** What is added to the logits: [1, heads, tokens, tokens], or [batch, ...] with padding. */
  private bias(tokens: number, mask_BT: tf.Tensor | undefined): tf.Tensor {
    const { heads } = this;
    const values = causalBias(heads, tokens, this.positions === 'linear');
    const bias = tf.tensor4d(values, [1, heads, tokens, tokens]);
    if (mask_BT === undefined) return bias;
    const padding_BT = floats(tf.equal(floats(mask_BT), 0));
    return tf.add(bias, tf.reshape(tf.mul(padding_BT, FORBIDDEN), [-1, 1, 1, tokens]));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { heads, positions, seed } = this;
    return { ...super.getConfig(), heads, positions, seed };
  }
}

tf.serialization.registerClass(CausalSelfAttention);

/**
 * Causal self-attention with several heads: every token is a mean of itself and of the tokens before it,
 * $y_i = \sum_{j \le i} \operatorname{softmax}_j(q_i^\top k_j / \sqrt s - m_h (i - j)) \, v_j$ in each head of s features,
 * and the heads go through one more matrix. Without biases.
 *
 * Padding is 0 in the output and is attended to by nobody. Sequences of any length, also longer than in training.
 *
 * [batch, tokens, D] -> [batch, tokens, D]. Sources: Vaswani et al., "Attention Is All You Need" (2017); Press, Smith and
 * Lewis, "Train Short, Test Long" (2022), for the penalty on distance.
 */
export function causalSelfAttention(args: CausalSelfAttentionArgs): CausalSelfAttention {
  return new CausalSelfAttention(args);
}
