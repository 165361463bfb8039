import * as tf from '@tensorflow/tfjs-core';
import { ffn } from '@tfjs-moe/experts';
import { type Dispatcher, denseDispatch, groupedDispatch, type RoutingPlan } from '@tfjs-moe/layers';

/** Sizes: T tokens, D features, H hidden units, E experts, K of them for each token. */
export interface Sizes {
  readonly T: number;
  readonly D: number;
  readonly H: number;
  readonly E: number;
  readonly K: number;
}

export type Mode = 'forward' | 'forward+backward';

/** One way to compute two layers with ReLU between them. */
export interface GpuContender {
  /** Enqueues one pass, and gives a number of its result, which is there when the pass is over. */
  run(): tf.Tensor;
  dispose(): void;
}

const drawn = (shape: number[], fan = 1): tf.Tensor =>
  tf.randomNormal(shape, 0, 1 / Math.sqrt(fan), 'float32', shape.length);

const firstNumber = (x: tf.Tensor): tf.Tensor =>
  tf.reshape(tf.slice(x, new Array(x.rank).fill(0), new Array(x.rank).fill(1)), [1]);

/** A pass over inputs, with the gradients to all of them where asked for. */
function contender(inputs: tf.Tensor[], mode: Mode, apply: (inputs: tf.Tensor[]) => tf.Tensor): GpuContender {
  const gradients = tf.grads((...tensors: tf.Tensor[]) => tf.sum(apply(tensors)));
  return {
    run: () =>
      tf.tidy(() => {
        const results = mode === 'forward' ? [apply(inputs)] : gradients(inputs);
        // Of every result, so that none is left out; before it is flat, which would move all of it.
        return tf.addN(results.map(firstNumber));
      }),
    dispose: () => tf.dispose(inputs),
  };
}

/** T K rows through one network: the arithmetic of a mixture without its dispatch, by the kernels of tfjs. */
export function stockDense({ T, D, H, K }: Sizes, mode: Mode): GpuContender {
  const inputs = [drawn([T * K, D]), drawn([D, H], D), drawn([H]), drawn([H, D], H), drawn([D])];
  return contender(inputs, mode, ([x, kernel1, bias1, kernel2, bias2]) => {
    const layer = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor, activation: 'relu' | 'linear') =>
      tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation });
    return layer(layer(x!, kernel1!, bias1!, 'relu'), kernel2!, bias2!, 'linear');
  });
}

/** The same network for every expert, with tokens sent to K experts each, more to the first than to the last. */
function mixture(sizes: Sizes, mode: Mode, { dispatch }: Dispatcher): GpuContender {
  const { T, D, H, E, K } = sizes;
  const expert = ffn({ hiddenUnits: H, activation: 'relu' });
  const names = Object.keys(expert.params(D, D));
  const selected = tf.tensor2d(selection(sizes), [T, E]);
  const inputs = [
    drawn([T, D]),
    tf.tidy(() => tf.div(selected, K)),
    ...[drawn([E, D, H], D), drawn([E, 1, H]), drawn([E, H, D], H), drawn([E, 1, D])],
  ];
  const own = contender(inputs, mode, ([x, weights, ...params]) => {
    const plan: RoutingPlan = {
      tokens: T,
      experts: E,
      expertsPerToken: K,
      logits_TE: selected,
      probabilities_TE: selected,
      choices_TE: [selected],
      selected_TE: selected,
      weights_TE: weights as tf.Tensor2D,
      renormalizeAfterDrop: false,
    };
    const dispatched = dispatch(x as tf.Tensor2D, plan);
    const values = Object.fromEntries(names.map((name, i) => [name, params[i]!]));
    return dispatched.combine(expert.apply(dispatched.ops, dispatched.input, values));
  });
  return {
    run: own.run,
    dispose() {
      own.dispose();
      selected.dispose();
    },
  };
}

export const grouped = (sizes: Sizes, mode: Mode): GpuContender => mixture(sizes, mode, groupedDispatch);
export const allExperts = (sizes: Sizes, mode: Mode): GpuContender => mixture(sizes, mode, denseDispatch);

function selection({ T, E, K }: Sizes): Float32Array {
  const selected = new Float32Array(T * E);
  let state = 1;
  for (let t = 0; t < T; t++) {
    for (let chosen = 0; chosen < K; ) {
      state = (state * 16807) % 2147483647;
      const e = Math.floor((state / 2147483647) ** 1.3 * E);
      if (selected[t * E + e] === 1) continue;
      selected[t * E + e] = 1;
      chosen++;
    }
  }
  return selected;
}
