import * as tf from '@tensorflow/tfjs-core';

/**
 * `tf.customGrad` with its awkward calling convention put in one place: the tensors needed by the gradient must be
 * saved, or the layer's own `tidy` disposes of them before the gradient runs.
 */
export interface CustomGradient {
  /** The result; `inputs` are the differentiable arguments. */
  forward(inputs: tf.Tensor[]): tf.Tensor;
  /** Constants that the gradient needs besides the inputs. */
  readonly constants?: readonly tf.Tensor[];
  /** Whether the gradient needs the result. Default false: what is not saved is freed. */
  readonly needsResult?: boolean;
  /** Gradients to each input, from the gradient of the result. */
  backward(dy: tf.Tensor, inputs: tf.Tensor[], constants: tf.Tensor[], result?: tf.Tensor): tf.Tensor[];
}

/** Applies an operation with its own gradient. */
export function withGradient(
  inputs: readonly tf.Tensor[],
  { forward, constants = [], needsResult = false, backward }: CustomGradient,
): tf.Tensor {
  const run = tf.customGrad((...args: unknown[]) => {
    const tensors = args.slice(0, inputs.length) as tf.Tensor[];
    const save = args[inputs.length] as tf.GradSaveFunc;
    const value = forward(tensors);
    save([...tensors, ...constants, ...(needsResult ? [value] : [])]);
    const [first, last] = [inputs.length, inputs.length + constants.length];
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        backward(dy, saved.slice(0, first), saved.slice(first, last), saved[last]),
    };
  });
  return run(...inputs);
}
