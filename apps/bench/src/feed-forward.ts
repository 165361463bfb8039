/**
 * Two layers with ReLU between them, written as its contenders write them: with the kernels of tfjs, with explicit
 * transposes in the gradient, with our own kernel as one expert, and as a mixture.
 */
import * as tf from '@tensorflow/tfjs-core';
import { stream } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { groupedDispatch, groupedMatMul, type RoutingPlan } from '@tfjs-moe/layers';
import { register, unregister } from '@tfjs-moe/wasm';
import type { Contender } from './pairs.ts';

/** Sizes: T tokens, D features, H hidden units, E experts, K of them for each token. */
export interface Sizes {
  readonly T: number;
  readonly D: number;
  readonly H: number;
  readonly E: number;
  readonly K: number;
}

export const contenders = ['mixture', 'stock', 'transposed', 'ownKernel'] as const;
export type ContenderName = (typeof contenders)[number];
export type Mode = 'forward' | 'forward+backward';

/** Floating-point operations: a gradient is two products for one. */
export function flopsOf({ T, D, H, K }: Sizes, mode: Mode): number {
  return 4 * T * K * D * H * (mode === 'forward' ? 1 : 3);
}

export function describeSizes({ T, D, H, E, K }: Sizes): string {
  return `T ${T}, D ${D}, H ${H}, E ${E}, K ${K}`;
}

/** The contenders on the same number of rows, and what frees their tensors. */
export function feedForward(
  sizes: Sizes,
  mode: Mode,
  names: readonly ContenderName[] = contenders,
): { contenders: Contender[]; dispose(): void } {
  const made = names.map((name) => {
    const { inputs, apply } = name === 'mixture' ? mixture(sizes) : dense(sizes, affines[name]);
    const kept = inputs();
    const withPackage = name === 'mixture' || name === 'ownKernel';
    const slopes = tf.tidy(() => tf.randomNormal(apply(kept).shape, 0, 1, 'float32', 9));
    const gradients = tf.grads((...tensors: tf.Tensor[]) => apply(tensors));
    const contender: Contender = {
      name,
      prepare: withPackage ? ensureRegistered : unregister,
      run() {
        tf.dispose(tf.tidy(() => (mode === 'forward' ? [apply(kept)] : gradients(kept, slopes))));
      },
    };
    return { contender, tensors: [...kept, slopes] };
  });
  return {
    contenders: made.map(({ contender }) => contender),
    dispose() {
      for (const { tensors } of made) tf.dispose(tensors);
      register();
    },
  };
}

function ensureRegistered(): void {
  register();
}

interface Network {
  inputs(): tf.Tensor[];
  apply(inputs: readonly tf.Tensor[]): tf.Tensor;
}

type Affine = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor, relu: boolean) => tf.Tensor;

/** T K rows through one network: the arithmetic of a mixture without its dispatch. */
function dense({ T, D, H, K }: Sizes, affine: Affine): Network {
  return {
    inputs: () => [drawn([T * K, D]), drawn([D, H], D), drawn([H], 1), drawn([H, D], H), drawn([D], 1)],
    apply([x, kernel1, bias1, kernel2, bias2]) {
      const h = affine(x!, kernel1!, bias1!, true);
      return affine(h, kernel2!, bias2!, false);
    },
  };
}

const affines: Record<Exclude<ContenderName, 'mixture'>, Affine> = {
  stock: (x, kernel, bias, relu) =>
    tf.fused.matMul({
      a: x as tf.Tensor2D,
      b: kernel as tf.Tensor2D,
      bias,
      activation: relu ? 'relu' : 'linear',
    }),
  transposed(x, kernel, bias, relu) {
    const y = transposedAffine(x, kernel, bias);
    return relu ? tf.relu(y) : y;
  },
  ownKernel(x, kernel, bias, relu) {
    const [depth, units] = kernel.shape as [number, number];
    const rows = [0, x.shape[0]];
    return groupedMatMul(x, tf.reshape(kernel, [1, depth, units]), rows, tf.reshape(bias, [1, units]), {
      relu,
    });
  },
};

/** The best that ordinary operations of tfjs can do: no transposed product, no sum over the leading axis. */
const transposedAffine = tf.customGrad((...args: unknown[]) => {
  const [x, kernel, bias, save] = args as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc];
  save([x, kernel]);
  return {
    value: tf.fused.matMul({ a: x, b: kernel, bias }),
    gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
      const [rows, weights] = saved as [tf.Tensor2D, tf.Tensor2D];
      const slopes = dy as tf.Tensor2D;
      return [
        tf.matMul(slopes, tf.transpose(weights)),
        tf.matMul(tf.transpose(rows), slopes),
        tf.reshape(tf.matMul(tf.ones([1, slopes.shape[0]]) as tf.Tensor2D, slopes), [slopes.shape[1]]),
      ];
    },
  };
}) as (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) => tf.Tensor;

/** The same network for every expert, with tokens sent to experts drawn at random. */
function mixture({ T, D, H, E, K }: Sizes): Network {
  const expert = ffn({ hiddenUnits: H, activation: 'relu' });
  const names = Object.keys(expert.params(D, D));
  const selected = selection(T, E, K);
  return {
    inputs: () => [
      drawn([T, D]),
      tf.tidy(() => tf.div(tf.tensor2d(selected, [T, E]), K)),
      drawn([E, D, H], D),
      drawn([E, 1, H], 1),
      drawn([E, H, D], H),
      drawn([E, 1, D], 1),
    ],
    apply([x, weights, ...params]) {
      const plan = planOf(weights as tf.Tensor2D, selected, K);
      const dispatched = groupedDispatch.dispatch(x as tf.Tensor2D, plan);
      const values = Object.fromEntries(names.map((name, i) => [name, params[i]!]));
      return dispatched.combine(expert.apply(dispatched.ops, dispatched.input, values));
    },
  };
}

function planOf(weights_TE: tf.Tensor2D, selected: Float32Array, expertsPerToken: number): RoutingPlan {
  const [tokens, experts] = weights_TE.shape;
  const selected_TE = tf.tensor2d(selected, [tokens, experts]);
  return {
    tokens,
    experts,
    expertsPerToken,
    logits_TE: weights_TE,
    probabilities_TE: weights_TE,
    choices_TE: [selected_TE],
    selected_TE,
    weights_TE,
    renormalizeAfterDrop: false,
  };
}

function selection(tokens: number, experts: number, perToken: number): Float32Array {
  const draw = stream(1, 'selection');
  const table = new Float32Array(tokens * experts);
  for (let t = 0; t < tokens; t++) {
    for (let chosen = 0; chosen < perToken; ) {
      const pair = t * experts + draw.integer(experts);
      if (table[pair] === 1) continue;
      table[pair] = 1;
      chosen++;
    }
  }
  return table;
}

function drawn(shape: number[], fanIn = 1): tf.Tensor {
  return tf.randomNormal(shape, 0, Math.sqrt(1 / fanIn), 'float32', 1);
}
