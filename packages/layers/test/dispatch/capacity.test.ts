import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacityDispatch, droppingDispatch } from '../../src/dispatch/capacity.ts';
import { denseDispatch } from '../../src/dispatch/dense.ts';
import { type Dispatched, type Dispatcher, groupedDispatch } from '../../src/index.ts';
import { assertSameGradients, assertSameValues, type Twins } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { dropNaively, mixNaively } from './dropping.ts';
import { anyPlan, type PlanTables, planOf } from './plans.ts';

const FEATURES = 2;

/** The experts h_e(x) = (e + 1) x + e on the whole buffers. */
function onBuffers({ input }: Dispatched): tf.Tensor {
  const e = tf.reshape(tf.range(0, input.shape[0]), [-1, 1, 1]);
  return tf.add(tf.mul(input, tf.add(e, 1)), e);
}

/** The same experts, one call each. */
function oneByOne({ eachExpert }: Dispatched): tf.Tensor {
  return eachExpert((x_ND, e) => tf.add(tf.mul(x_ND, e + 1), e));
}

/** Dispatchers that drop the same pairs. */
const ways: Record<string, (capacity: number) => Dispatcher> = {
  buffers: (capacity) => capacityDispatch(() => capacity),
  grouped: (capacity) => droppingDispatch(() => capacity, groupedDispatch),
  dense: (capacity) => droppingDispatch(() => capacity, denseDispatch),
};

function twinsOf(
  tables: PlanTables,
  dispatcher: Dispatcher,
  capacity: number,
  run: (dispatched: Dispatched) => tf.Tensor,
): Twins {
  const { weights } = tables;
  const [tokens, experts] = [weights.length, weights[0]?.length ?? 0];
  const rows = (flat: ArrayLike<number>, width: number) =>
    Array.from({ length: tokens }, (_, t) => Array.from(flat).slice(t * width, (t + 1) * width));
  return {
    inputs: [
      { shape: [tokens, FEATURES], data: drawnRows(tokens, FEATURES, 1).flat() },
      { shape: [tokens, experts], data: weights.flat() },
    ],
    tensor(x, weights_TE) {
      const plan = { ...planOf(tables), weights_TE: weights_TE as tf.Tensor2D };
      const dispatched = dispatcher.dispatch(x as tf.Tensor2D, plan);
      return dispatched.combine(run(dispatched));
    },
    float64(x, flat) {
      const moved = { ...tables, weights: rows(flat as Float64Array, experts) };
      return mixNaively(rows(x as Float64Array, FEATURES), dropNaively(moved, capacity).weights).flat();
    },
  };
}

const threeTokens: PlanTables = {
  expertsPerToken: 1,
  choices: [
    [
      [1, 0],
      [0, 1],
      [1, 0],
    ],
  ],
  weights: [
    [1, 0],
    [0, 1],
    [1, 0],
  ],
};

onEveryBackend(() => {
  describe.each(Object.keys(ways))('%s', (name) => {
    const way = ways[name]!;

    test('any plan: who is kept, and with which weight', () => {
      fc.assert(
        fc.property(anyPlan, fc.constantFrom(1, 1e-4, 1e-12), ({ capacity, ...plan }, scale) => {
          // What is left to a token may be next to nothing, as when its best experts were full.
          const tables = {
            ...plan,
            weights: plan.weights.map((row) => row.map((weight) => Math.fround(weight * scale))),
          };
          tf.tidy(() => {
            const x: tf.Tensor2D = tf.ones([tables.weights.length, FEATURES]);
            const { kept_TE, weights_TE } = way(capacity).dispatch(x, planOf(tables));
            const expected = dropNaively(tables, capacity);
            expect(kept_TE.arraySync()).toEqual(expected.kept);
            const weights = weights_TE.arraySync();
            expected.weights.forEach((row, t) => {
              row.forEach((weight, e) => {
                expect(weights[t]?.[e]).toBeCloseTo(weight, 6);
              });
            });
          });
        }),
        { numRuns: 60, seed: 1 },
      );
    });

    test('any plan: the output, and the gradients to the tokens and to the weights', () => {
      fc.assert(
        fc.property(anyPlan, ({ capacity, ...tables }) => {
          const twins = twinsOf(tables, way(capacity), capacity, oneByOne);
          assertSameValues('one by one', twins);
          assertSameGradients('one by one', twins);
        }),
        { numRuns: 25, seed: 1 },
      );
    });
  });

  test('any plan: experts on whole buffers', () => {
    fc.assert(
      fc.property(anyPlan, ({ capacity, ...tables }) => {
        const twins = twinsOf(
          tables,
          capacityDispatch(() => capacity),
          capacity,
          onBuffers,
        );
        assertSameValues('buffers', twins);
        assertSameGradients('buffers', twins);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  describe('the capacity is kept between 1 and the number of tokens', () => {
    test.each([
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 3],
      [1000, 3],
    ])('%i becomes %i', (asked, used) => {
      tf.tidy(() => {
        const { input } = capacityDispatch(() => asked).dispatch(tf.ones([3, 5]), planOf(threeTokens));
        expect(input.shape).toEqual([2, used, 5]);
      });
    });
  });
});
