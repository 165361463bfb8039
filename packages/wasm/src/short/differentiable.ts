import { customGrad, dispose, engine, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import type { ForwardAttributes } from '../kernels/forward.ts';
import { TRAINING } from '../kernels/training.ts';
import { TRAINING_GRADIENT } from '../kernels/training-gradient.ts';

/** Tensors by the names under which the kernels read them. */
export type Named = Readonly<Record<string, Tensor>>;

/** Says that a batch has to be composed. */
const refusal = new Error('no short way for this batch');

/**
 * The whole layer as one operation with a gradient: one kernel forward and one back.
 * @param learned x, the router, its bias and the parameters of the experts, in the order of the gradients
 * @param constants what has no gradient
 */
export function differentiable(
  learned: Named,
  constants: Named,
  attributes: ForwardAttributes,
): readonly [y_TU: Tensor, metrics?: Tensor] | undefined {
  const names = Object.keys(learned);
  let numbers: ArrayLike<number> | undefined;
  const run = (kernel: string, inputs: Named) =>
    engine().runKernel(kernel, inputs, attributes as never) as Tensor[];
  const layer = customGrad((...given) => {
    const save = given.pop() as unknown as (tensors: Tensor[]) => void;
    const tensors = given as Tensor[];
    const byName = (list: readonly Tensor[]) => Object.fromEntries(names.map((name, i) => [name, list[i]!]));
    const [y, kept, rows, metrics] = run(TRAINING, { ...byName(tensors), ...constants });
    if (y === undefined) throw refusal;
    numbers = metrics?.dataSync();
    save([...tensors, kept!, rows!]);
    if (metrics) dispose(metrics);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [keptThen, rowsThen] = saved.slice(-2) as [Tensor, Tensor];
        return run(TRAINING_GRADIENT, { ...byName(saved), dy, kept: keptThen, rows: rowsThen });
      },
    };
  });
  try {
    const y = layer(...names.map((name) => learned[name]!));
    return numbers === undefined ? [y] : [y, tensor1d(numbers as Float32Array)];
  } catch (error) {
    if (error === refusal) return undefined;
    throw error;
  }
}
