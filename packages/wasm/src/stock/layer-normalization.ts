import {
  customGrad,
  engine,
  type GradSaveFunc,
  getBackend,
  getKernel,
  reshape,
  serialization,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { NORMALIZE_ROWS, NORMALIZE_ROWS_GRADIENT } from '@tfjs-moe/core/kernels';

/** What is used of tfjs's layer; only TypeScript hides it. */
interface LayerNormalization {
  readonly axis: readonly number[];
  readonly epsilon: number;
  readonly gamma: { read(): Tensor } | null;
  readonly beta: { read(): Tensor } | null;
}

type Call = (this: LayerNormalization, inputs: Tensor | Tensor[], kwargs: unknown) => Tensor;

interface Replaced {
  readonly prototype: { call: Call };
  readonly stock: Call;
}

let replaced: Replaced | undefined;

/** Layer normalisation over the last axis by one kernel forward and one back, where tfjs composes it of some fifty. */
const call: Call = function (inputs, kwargs) {
  const [x] = [inputs].flat() as [Tensor];
  const isServed =
    getBackend() === 'wasm' &&
    getKernel(NORMALIZE_ROWS, 'wasm') !== undefined &&
    x.dtype === 'float32' &&
    x.size > 0 &&
    x.rank >= 2 &&
    x.rank <= 4 &&
    this.axis.length === 1 &&
    this.axis[0] === x.rank - 1 &&
    [this.gamma, this.beta].every((learned) => !learned || learned.read().size === x.shape.at(-1));
  if (!isServed) return replaced!.stock.call(this, inputs, kwargs);
  return tidy(() => {
    const features = x.shape[x.rank - 1]!;
    const rows = reshape(x, [-1, features]);
    const learned = {
      ...(this.gamma && { scale: this.gamma.read() }),
      ...(this.beta && { shift: this.beta.read() }),
    };
    return reshape(normalized({ x: rows, ...learned }, this.epsilon), x.shape);
  });
};

function normalized(inputs: Readonly<Record<string, Tensor>>, epsilon: number): Tensor {
  const names = Object.keys(inputs);
  const attributes = { epsilon, centered: true };
  const run = (kernel: string, given: Readonly<Record<string, Tensor>>) =>
    engine().runKernel(kernel, given, attributes) as Tensor[];
  const operation = customGrad((...given) => {
    const save = given.pop() as unknown as GradSaveFunc;
    const byName = (list: readonly Tensor[]) => Object.fromEntries(names.map((name, i) => [name, list[i]!]));
    const tensors = given as Tensor[];
    const [y, kept] = run(NORMALIZE_ROWS, byName(tensors)) as [Tensor, Tensor];
    save([...tensors, kept]);
    return {
      value: y,
      gradFunc(dy: Tensor, saved: Tensor[]) {
        const [x, scale, shift] = run(NORMALIZE_ROWS_GRADIENT, {
          ...byName(saved),
          kept: saved.at(-1)!,
          dy,
        });
        const all: Record<string, Tensor | undefined> = { x, scale, shift };
        return names.map((name) => all[name]!);
      },
    };
  });
  return operation(...names.map((name) => inputs[name]!));
}

/**
 * Lets tfjs's layer run by the kernels. The layer is found among what tfjs can restore, because this package knows of no
 * layers; where they are imported later, it is found at the first tile, which that layer takes.
 */
export function placeLayerNormalization(): void {
  if (replaced !== undefined) return;
  const [layer] = serialization.SerializationMap.getMap().classNameMap.LayerNormalization ?? [];
  const prototype = layer?.prototype as { call: Call } | undefined;
  if (prototype === undefined) return;
  replaced = { prototype, stock: prototype.call };
  prototype.call = call;
}

/** Gives tfjs its own back, unless somebody has replaced this one. */
export function returnLayerNormalization(): void {
  if (replaced?.prototype.call === call) replaced.prototype.call = replaced.stock;
  replaced = undefined;
}
