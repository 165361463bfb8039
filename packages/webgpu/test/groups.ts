/** Random rows sorted by expert, and what is computed of them in float64. */
import { stream } from '@tfjs-moe/core';

export interface Groups {
  /** Where experts begin; the first may not be the first row, nor the last end with the last row. */
  readonly offsets: readonly number[];
  readonly rows: number;
  readonly features: number;
  readonly units: number;
  readonly seed: number;
}

const odd = [1, 2, 3, 4, 5, 7, 8, 16, 31, 32, 33, 36, 63, 64, 65, 100];

/** Groups of every kind: empty and overfull experts, rows of nobody before and after, sizes around those of tiles. */
export function drawnGroups(seed: number): Groups {
  const draw = stream(seed, 'groups');
  const experts = 1 + draw.integer(seed % 5 === 0 ? 90 : 6);
  const offsets = [seed % 7 === 0 ? draw.integer(40) : 0];
  for (let e = 0; e < experts; e++) {
    const kind = draw.integer(8);
    const count = kind < 3 ? 0 : kind < 7 ? draw.integer(seed % 3 === 0 ? 90 : 12) : draw.integer(300);
    offsets.push(offsets[e]! + count);
  }
  const rows = offsets[experts]! + (seed % 2 === 0 ? draw.integer(70) : 0);
  const size = () => odd[draw.integer(odd.length)]!;
  return { offsets, rows, features: size(), units: size(), seed };
}

/** Seeded float32 numbers in (-1, 1). */
export function numbers(count: number, seed: number, name: string): Float32Array {
  const draw = stream(seed, name);
  return Float32Array.from({ length: count }, () => 2 * draw.uniform() - 1);
}

/** Calls back for every row that an expert has. */
function eachRow({ offsets }: Groups, visit: (expert: number, row: number) => void): void {
  for (let e = 0; e + 1 < offsets.length; e++) {
    for (let row = offsets[e]!; row < offsets[e + 1]!; row++) visit(e, row);
  }
}

/** The product of each row and the kernel of its expert; rows of nobody are 0. */
export function product(groups: Groups, x: Float32Array, kernels: Float32Array): Float64Array {
  const { rows, features, units } = groups;
  const y = new Float64Array(rows * units);
  eachRow(groups, (e, row) => {
    for (let f = 0; f < features; f++) {
      const value = x[row * features + f]!;
      for (let u = 0; u < units; u++) {
        y[row * units + u]! += value * kernels[(e * features + f) * units + u]!;
      }
    }
  });
  return y;
}

/** Its gradient to the rows. */
export function toRows(groups: Groups, dy: Float32Array, kernels: Float32Array): Float64Array {
  const { rows, features, units } = groups;
  const dx = new Float64Array(rows * features);
  eachRow(groups, (e, row) => {
    for (let f = 0; f < features; f++) {
      let sum = 0;
      for (let u = 0; u < units; u++) sum += dy[row * units + u]! * kernels[(e * features + f) * units + u]!;
      dx[row * features + f] = sum;
    }
  });
  return dx;
}

/** Its gradient to the kernels. */
export function toKernels(groups: Groups, x: Float32Array, dy: Float32Array): Float64Array {
  const { offsets, features, units } = groups;
  const dw = new Float64Array((offsets.length - 1) * features * units);
  eachRow(groups, (e, row) => {
    for (let f = 0; f < features; f++) {
      const value = x[row * features + f]!;
      for (let u = 0; u < units; u++) {
        dw[(e * features + f) * units + u]! += value * dy[row * units + u]!;
      }
    }
  });
  return dw;
}

/** The sums of the rows of each expert. */
export function groupSums(groups: Groups, x: Float32Array): Float64Array {
  const { offsets, features } = groups;
  const sums = new Float64Array((offsets.length - 1) * features);
  eachRow(groups, (e, row) => {
    for (let f = 0; f < features; f++) sums[e * features + f]! += x[row * features + f]!;
  });
  return sums;
}

/** What is wrong with numbers, if something is: to 2e-5 of the largest. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} numbers instead of ${expected.length}`;
  let scale = 1e-3;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++) {
    if (Math.abs(actual[i]! - expected[i]!) <= 2e-5 * scale) continue;
    if (Object.is(actual[i], expected[i])) continue;
    return `number ${i} is ${actual[i]} instead of ${expected[i]}`;
  }
  return undefined;
}
