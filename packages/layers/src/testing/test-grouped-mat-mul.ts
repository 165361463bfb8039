import * as tf from '@tensorflow/tfjs-core';
import { stream } from '@tfjs-moe/core';
import { assert, type Runner } from '@tfjs-moe/core/testing';
import { groupedMatMul } from '../tensor/grouped-mat-mul.ts';
import { assertNothingKept, assertSameGradients, assertSameValues, drawnInput, type Twins } from './twins.ts';

interface Case {
  readonly name: string;
  readonly offsets: readonly number[];
  readonly features: number;
  readonly units: number;
}

// Sizes around the multiples of 4 and 8 at which a vectorised kernel changes its code path.
const cases: readonly Case[] = [
  { name: 'as many rows for every expert', offsets: [0, 4, 8, 12], features: 4, units: 8 },
  { name: 'uneven groups of odd sizes', offsets: [0, 1, 6, 13], features: 5, units: 3 },
  { name: 'no rows for the first expert', offsets: [0, 0, 3, 5], features: 3, units: 2 },
  { name: 'no rows for an expert in the middle', offsets: [0, 2, 2, 5], features: 3, units: 2 },
  { name: 'no rows for the last experts', offsets: [0, 2, 5, 5, 5], features: 3, units: 2 },
  { name: 'all rows for one expert', offsets: [0, 0, 0, 7, 7], features: 2, units: 9 },
  { name: 'one expert', offsets: [0, 6], features: 7, units: 1 },
  { name: 'one row', offsets: [0, 0, 1], features: 1, units: 1 },
  { name: 'sizes beyond one tile of a kernel', offsets: [0, 9, 9, 10, 29], features: 17, units: 9 },
];

/**
 * What the grouped product promises on whatever backend is current, whether it runs as a kernel of that backend or as one
 * product per expert: values, gradients to rows and kernels, experts without rows, and nothing left in memory.
 */
export function testGroupedMatMul({ describe, test }: Runner): void {
  describe('grouped product: contract', () => {
    for (const each of [...cases, ...drawnCases(12)]) {
      const { name, offsets, features, units } = each;
      const label = `${name}: offsets ${offsets.join(' ')}, ${features} x ${units}`;

      test(`${label}: values`, () => assertSameValues(name, twinsOf(each)));

      test(`${label}: gradients`, () => assertSameGradients(name, twinsOf(each)));

      test(`${label}: values and gradients with a bias`, () => {
        assertSameValues(name, biasedTwinsOf(each));
        assertSameGradients(name, biasedTwinsOf(each));
      });

      test(`${label}: values and gradients with ReLU`, () => {
        assertSameValues(name, biasedTwinsOf(each, { relu: true }));
        assertSameGradients(name, biasedTwinsOf(each, { relu: true }));
      });
    }

    test('no rows at all', () => {
      const empty = tf.tensor2d([], [0, 3]);
      const kernels = tf.ones([2, 3, 4]);
      assertNothingKept('no rows', () => {
        const y = groupedMatMul(empty, kernels, [0, 0, 0]);
        assert(y.shape.join() === '0,4', `the product of no rows has shape ${y.shape}`);
        y.dispose();
      });
      tf.dispose([empty, kernels]);
    });

    test('leaves one tensor, its result', () => {
      const [x, kernels] = [tf.ones([6, 3]), tf.ones([2, 3, 4])];
      const { numTensors } = tf.memory();
      const y = groupedMatMul(x, kernels, [0, 4, 6]);
      assert(tf.memory().numTensors === numTensors + 1, 'intermediate results stayed in memory');
      tf.dispose([x, kernels, y]);
    });
  });
}

function twinsOf({ offsets, features, units }: Case): Twins {
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  return {
    inputs: [drawnInput([rows, features], 1), drawnInput([experts, features, units], 2)],
    tensor: (x, kernels) => groupedMatMul(x as tf.Tensor, kernels as tf.Tensor, offsets),
    float64: (x, kernels) =>
      naiveProduct(x as Float64Array, kernels as Float64Array, { offsets, features, units }),
  };
}

function biasedTwinsOf({ offsets, features, units }: Case, { relu = false } = {}): Twins {
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  const inputs = [
    [rows, features],
    [experts, features, units],
    [experts, units],
  ];
  return {
    inputs: inputs.map((shape, i) => drawnInput(shape, i + 1)),
    tensor: (x, kernels, bias) =>
      groupedMatMul(x as tf.Tensor, kernels as tf.Tensor, offsets, bias, { relu }),
    float64: (x, kernels, bias) =>
      naiveProduct(x as Float64Array, kernels as Float64Array, { offsets, features, units })
        .map((y, i) => y + bias![expertOf(offsets, Math.floor(i / units)) * units + (i % units)]!)
        .map((y) => (relu ? Math.max(y, 0) : y)),
  };
}

function expertOf(offsets: readonly number[], row: number): number {
  return offsets.findIndex((_start, e) => row < offsets[e + 1]!);
}

function naiveProduct(
  x: Float64Array,
  kernels: Float64Array,
  { offsets, features, units }: Omit<Case, 'name'>,
): Float64Array {
  const rows = offsets[offsets.length - 1]!;
  return Float64Array.from({ length: rows * units }, (_, i) => {
    const row = Math.floor(i / units);
    const expert = expertOf(offsets, row);
    let sum = 0;
    for (let f = 0; f < features; f++) {
      sum += x[row * features + f]! * kernels[(expert * features + f) * units + (i % units)]!;
    }
    return sum;
  });
}

/** Random ragged groups, about a third of them empty. */
function drawnCases(count: number): Case[] {
  return Array.from({ length: count }, (_, seed) => {
    const draw = stream(seed, 'groups');
    const experts = 1 + draw.integer(6);
    const offsets = [0];
    for (let e = 0; e < experts; e++) {
      const size = draw.uniform() < 0.35 ? 0 : 1 + draw.integer(9);
      offsets.push(offsets[e]! + size);
    }
    if (offsets[experts] === 0) offsets[experts] = 2;
    return {
      name: `drawn groups ${seed}`,
      offsets,
      features: 1 + draw.integer(9),
      units: 1 + draw.integer(9),
    };
  });
}
