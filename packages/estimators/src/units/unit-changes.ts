/**
 * What a change of units does to the numbers that take it up.
 */
import { mapNames, type Numbers, type ParamSpecs, paramSize } from '@tfjs-moe/core';
import type { InputLayer } from '@tfjs-moe/measures';

/** Kernels with the row of every input changed. */
export function withRows(
  numbers: Numbers,
  specs: ParamSpecs,
  kernels: readonly InputLayer[],
  change: (value: number, input: number) => number,
): Numbers {
  return mapNames(numbers, (values, name) => {
    const layer = kernels.find(({ kernel }) => kernel === name);
    if (layer === undefined) return values;
    const [, width = 1] = specs[name]!.shape;
    const size = paramSize(specs[name]!);
    return values.map((value, i) => change(value, inputOfRow(layer, Math.floor((i % size) / width))));
  });
}

/** The input that a row of a kernel is multiplied with. */
export function inputOfRow({ features }: InputLayer, row: number): number {
  return features === undefined ? row : features[row]!;
}

/** Biases plus $W^\top m$ of their kernels. */
export function shifted(
  numbers: Numbers,
  specs: ParamSpecs,
  kernels: readonly InputLayer[],
  means: readonly number[],
): Numbers {
  const moved = { ...numbers };
  for (const layer of kernels) {
    const { kernel: name, bias } = layer;
    if (bias === undefined) continue;
    const [, width = 1] = specs[name]!.shape;
    const size = paramSize(specs[name]!);
    const kernel = numbers[name]!;
    const rows = Array.from({ length: size / width }, (_, row) => means[inputOfRow(layer, row)]!);
    moved[bias] = moved[bias]!.map((value, i) => {
      const copy = kernel.length === size ? 0 : Math.floor(i / width);
      return rows.reduce(
        (sum, mean, row) => sum + mean * kernel[copy * size + row * width + (i % width)]!,
        value,
      );
    });
  }
  return moved;
}

/** Numbers times a factor. */
export function times(numbers: Numbers, names: readonly string[], factor: number): Numbers {
  return mapNames(numbers, (values, name) =>
    names.includes(name) ? values.map((value) => value * factor) : values,
  );
}

/** Numbers plus an offset. */
export function plus(numbers: Numbers, of: string, offset: number): Numbers {
  return mapNames(numbers, (values, name) => (name === of ? values.map((value) => value + offset) : values));
}
