/**
 * A layout of tensors against plain arrays: every single operation, and arbitrary expressions with their gradients.
 */

import * as tf from '@tensorflow/tfjs-core';
import { type ArrayValue, arrayOps } from '@tfjs-moe/core';
import fc from 'fast-check';
import { test } from 'vitest';
import { assertSameGradients, assertSameValues, drawnInput, type Twins } from '../../src/testing/index.ts';
import {
  anyExpression,
  type Expression,
  evaluate,
  isNumber,
  type Leaf,
  leaves,
  singleOperations,
} from './expressions.ts';
import { arrayOf, type Layout, type Sizes, shapeOf } from './layouts.ts';

const names = Object.keys(leaves) as Leaf[];

/** Tests a layout; `layoutOf` may draw from the seed. */
export function testAgainstArrays(layoutOf: (sizes: Sizes, seed: number) => Layout): void {
  test.each([
    { tokens: 3, experts: 2, features: 2 },
    { tokens: 1, experts: 1, features: 1 },
    { tokens: 4, experts: 1, features: 2 },
    { tokens: 1, experts: 3, features: 1 },
  ])('every operation on every combination of leaves, %o', (sizes) => {
    for (const expression of singleOperations) {
      assertSameValues(JSON.stringify(expression), twinsOf(expression, sizes, layoutOf(sizes, 1)));
    }
  });

  const size = fc.integer({ min: 1, max: 3 });
  const anySizes = fc.record({ tokens: size, experts: size, features: size });

  test('arbitrary expressions: values', () => {
    fc.assert(
      fc.property(anyExpression, anySizes, fc.nat(), (expression, sizes, seed) => {
        assertSameValues('expression', twinsOf(expression, sizes, layoutOf(sizes, seed)), 2e-5);
      }),
      { seed: 1 },
    );
  });

  test('arbitrary expressions: gradients', () => {
    fc.assert(
      fc.property(anyExpression, anySizes, fc.nat(), (expression, sizes, seed) => {
        assertSameGradients('expression', twinsOf(expression, sizes, layoutOf(sizes, seed)), 5e-5);
      }),
      { seed: 2, numRuns: 40 },
    );
  });
}

function twinsOf(expression: Expression, sizes: Sizes, layout: Layout): Twins {
  const features = isNumber(expression) ? 1 : sizes.features;
  const shapes = names.map((name) => {
    const { kind, wide } = leaves[name];
    return shapeOf(kind, sizes, sizes.features, wide ? sizes.features : 1);
  });
  return {
    inputs: shapes.map((shape, i) => drawnInput(shape, i)),
    tensor(...stored) {
      const placed = stored.map((leaf, i) => layout.place(leaf, leaves[names[i]!].kind));
      const value = evaluate(layout.ops, expression, named(placed));
      // Zero times every leaf, so that those that do not occur have a gradient.
      return stored.reduce<tf.Tensor>(
        (sum, leaf) => tf.add(sum, tf.mul(tf.sum(leaf), 0)),
        layout.read(value, features),
      );
    },
    float64(...data) {
      const values = data.map((numbers, i) => arrayOf(leaves[names[i]!].kind, shapes[i]!, numbers));
      const value = evaluate(arrayOps, expression, named(values));
      return layout.pairs.flatMap(([t, e]) =>
        Array.from({ length: features }, (_, f) => entry(value, t, e, f)),
      );
    },
  };
}

function named<V>(values: readonly V[]): Record<Leaf, V> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<Leaf, V>;
}

function entry(
  { tokens, experts, features, data }: ArrayValue,
  token: number,
  expert: number,
  feature: number,
): number {
  const [t, e, f] = [tokens === 1 ? 0 : token, experts === 1 ? 0 : expert, features === 1 ? 0 : feature];
  return data[(t * experts + e) * features + f]!;
}
