import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT, SUM_GROUPS } from '@tfjs-moe/core/kernels';
import { describe, expect, test } from 'vitest';
import { numbersOf } from './device.ts';
import {
  difference,
  drawnGroups,
  type Groups,
  groupSums,
  numbers,
  product,
  toKernels,
  toRows,
} from './groups.ts';

const run = (name: string, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;

interface Drawn {
  readonly x: Float32Array;
  readonly kernels: Float32Array;
  readonly bias: Float32Array;
  readonly dy: Float32Array;
}

function drawn({ offsets, rows, features, units, seed }: Groups): Drawn {
  const experts = offsets.length - 1;
  return {
    x: numbers(rows * features, seed, 'x'),
    kernels: numbers(experts * features * units, seed, 'kernels'),
    bias: numbers(experts * units, seed, 'bias'),
    dy: numbers(rows * units, seed, 'dy'),
  };
}

/** All products of some groups, on the device, with the offsets on the device or given as numbers. */
async function computed(groups: Groups, { x, kernels, bias, dy }: Drawn): Promise<Float32Array[]> {
  const { offsets, rows, features, units, seed } = groups;
  const experts = offsets.length - 1;
  return numbersOf(
    tf.tidy(() => {
      const tensor = seed % 3 === 1 ? undefined : tf.tensor1d([...offsets], 'int32');
      const given = { offsets: Object.assign([...offsets], { tensor }) };
      const x_SD = tf.tensor2d(x, [rows, features]);
      const kernels_EDU = tf.tensor3d(kernels, [experts, features, units]);
      const bias_EU = tf.tensor2d(bias, [experts, units]);
      const dy_SU = tf.tensor2d(dy, [rows, units]);
      return [
        run(GROUPED_MAT_MUL, { x: x_SD, kernels: kernels_EDU }, { ...given, transpose: false }),
        run(
          GROUPED_MAT_MUL,
          { x: x_SD, kernels: kernels_EDU, bias: bias_EU },
          { ...given, transpose: false, relu: true },
        ),
        run(GROUPED_MAT_MUL, { x: dy_SU, kernels: kernels_EDU }, { ...given, transpose: true }),
        run(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x: x_SD, dy: dy_SU }, given),
        run(SUM_GROUPS, { x: x_SD }, given),
      ];
    }),
  );
}

function expected(groups: Groups, { x, kernels, bias, dy }: Drawn): Float64Array[] {
  const { offsets, units } = groups;
  const y = product(groups, x, kernels);
  const expertOf = (row: number) => offsets.filter((start) => start <= row).length - 1;
  const activated = y.map((value, i) => {
    const expert = expertOf(Math.floor(i / units));
    const isOwned = expert >= 0 && expert < offsets.length - 1;
    return Math.max(value + (isOwned ? bias[expert * units + (i % units)]! : 0), 0);
  });
  return [y, activated, toRows(groups, dy, kernels), toKernels(groups, x, dy), groupSums(groups, x)];
}

const names = ['product', 'with bias and ReLU', 'gradient to rows', 'gradient to kernels', 'sums'];

/** All products of some groups equal float64. */
export async function testProductsOf(groups: Groups): Promise<void> {
  const data = drawn(groups);
  const actual = await computed(groups, data);
  const where = groups.offsets.length > 100 ? 'many experts' : JSON.stringify(groups);
  expected(groups, data).forEach((wanted, i) => {
    expect(difference(actual[i]!, wanted), `${names[i]}: ${where}`).toBeUndefined();
  });
}

/** The grouped products of a device against float64. */
export function testProducts(seeds: number): void {
  describe('grouped products', () => {
    test('equal float64, whatever rows experts have, and leave 0 in rows of nobody', {
      timeout: 600_000,
    }, async () => {
      for (let seed = 0; seed < seeds; seed++) {
        await testProductsOf(drawnGroups(seed));
      }
    });

    test('equal float64 where there are many experts, or one has many rows', {
      timeout: 600_000,
    }, async () => {
      const many = Array.from({ length: 1025 }, (_, e) => Math.floor(e * 1.5));
      for (const groups of [
        { offsets: many, rows: many.at(-1)!, features: 20, units: 12, seed: 1 },
        { offsets: [0, 1300, 1300, 1301], rows: 1310, features: 70, units: 66, seed: 2 },
        { offsets: [0, 3], rows: 3, features: 700, units: 3, seed: 4 },
      ]) {
        await testProductsOf(groups);
      }
    });

    test('have the same bits each time', async () => {
      const groups = drawnGroups(15);
      const data = drawn(groups);
      const [first, second] = [await computed(groups, data), await computed(groups, data)];
      first.forEach((values, i) => {
        expect(difference(new Int32Array(values.buffer), new Int32Array(second[i]!.buffer))).toBeUndefined();
      });
    });

    test('NaN and infinities of a row stay in it, and those of an expert with its rows', async () => {
      const groups: Groups = { offsets: [0, 5, 5, 40, 43], rows: 45, features: 6, units: 5, seed: 8 };
      const data = drawn(groups);
      const { features, units } = groups;
      data.x[7 * features + 2] = Number.NaN;
      data.x[41 * features] = Number.POSITIVE_INFINITY;
      data.dy[8 * units] = Number.NaN;
      data.kernels[0] = Number.NaN;
      // An expert without rows is nobody's trouble.
      data.kernels[features * units + 1] = Number.NaN;
      const actual = await computed(groups, data);
      const wanted = expected(groups, data);
      for (const i of [0, 2, 3, 4]) {
        const kinds = (values: ArrayLike<number>) =>
          Array.from(values, (value) => (Number.isFinite(value) ? 0 : value));
        expect(kinds(actual[i]!), names[i]).toEqual(kinds(wanted[i]!));
      }
      // ReLU keeps NaN.
      expect(Number.isNaN(actual[1]![7 * units]!)).toBe(true);
    });

    test('no rows, and no features', async () => {
      const nothing = { offsets: [0, 0, 0], rows: 0, features: 3, units: 4, seed: 1 };
      const [, , , gradient] = await computed(nothing, drawn(nothing));
      expect(gradient!.every((value) => value === 0)).toBe(true);
      const without = { offsets: [0, 1, 2], rows: 2, features: 0, units: 3, seed: 2 };
      const [y] = await computed(without, drawn(without));
      expect(Array.from(y!)).toEqual([0, 0, 0, 0, 0, 0]);
    });
  });
}
