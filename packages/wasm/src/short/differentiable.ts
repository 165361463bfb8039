import { dispose, engine, type Tensor, tensor1d, tensor3d } from '@tensorflow/tfjs-core';
import type { ForwardAttributes } from '../kernels/forward.ts';
import { TRAINING } from '../kernels/training.ts';
import { TRAINING_GRADIENT } from '../kernels/training-gradient.ts';

/** Tensors by the names under which the kernels read them. */
export type Named = Readonly<Record<string, Tensor>>;

/** What tfjs itself makes operations with a gradient of. Its public way, `customGrad`, knows them with one result only. */
interface Operation {
  readonly forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor[];
  readonly backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, () => Tensor>;
  readonly inputs: Named;
}

/** Says that a batch has to be composed. */
const refusal = new Error('no short way for this batch');

/** A layer's output, and what was asked for beside it. */
export interface Answer {
  readonly y: Tensor;
  readonly metrics: Tensor | undefined;
  readonly loss: Tensor | undefined;
  /** The tokens of each expert [1, E, 1]. */
  readonly counts: Tensor | undefined;
}

/** What is asked for besides the numbers of the kernels. */
export interface Asked extends ForwardAttributes {
  readonly counts: boolean;
}

/**
 * The whole layer as one operation with a gradient: one kernel forward and one back.
 * @param learned x, the router, its bias and the parameters of the experts, in the order of the gradients
 * @param constants what has no gradient
 */
export function differentiable(
  learned: Named,
  constants: Named,
  { counts: isCounted, ...attributes }: Asked,
): Answer | undefined {
  const names = Object.keys(learned);
  let numbers: ArrayLike<number> | undefined;
  let counts: number[] | undefined;
  const run = (kernel: string, inputs: Named) =>
    engine().runKernel(kernel, inputs, attributes as never) as Tensor[];
  const operation: Operation = {
    inputs: learned,
    forwardFunc(_backend, save) {
      const [y, kept, rows, ...asked] = run(TRAINING, { ...learned, ...constants });
      if (y === undefined) throw refusal;
      const metrics = attributes.metrics ? asked.shift() : undefined;
      numbers = metrics?.dataSync();
      if (isCounted) counts = countsOf(rows!.dataSync(), learned.router!.shape[0]!);
      save([...names.map((name) => learned[name]!), kept!, rows!]);
      dispose([kept!, rows!, ...(metrics ? [metrics] : [])]);
      return [y, ...asked];
    },
    backwardsFunc(slopes, saved) {
      const [dy, dloss] = [slopes].flat() as [Tensor, Tensor?];
      const [kept, rows] = saved.slice(-2) as [Tensor, Tensor];
      const inputs = Object.fromEntries(names.map((name, i) => [name, saved[i]!]));
      const given = { ...inputs, dy, kept, rows, ...(dloss && { dloss }) };
      const gradients = run(TRAINING_GRADIENT, given);
      return Object.fromEntries(names.map((name, i) => [name, () => gradients[i]!]));
    },
  };
  try {
    const made = engine() as unknown as { runKernelFunc(operation: Operation): Tensor[] };
    const [y, loss] = made.runKernelFunc(operation) as [Tensor, Tensor?];
    return {
      ...{ y, loss, metrics: numbers && tensor1d(numbers as Float32Array) },
      counts: counts && tensor3d(counts, [1, counts.length, 1]),
    };
  } catch (error) {
    if (error === refusal) return undefined;
    throw error;
  }
}

/** The differences of the first numbers, which say where the rows of each expert end. */
function countsOf(rows: ArrayLike<number>, experts: number): number[] {
  return Array.from({ length: experts }, (_, e) => rows[e + 1]! - rows[e]!);
}
