import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { capacityDispatch } from '../../src/dispatch/capacity.ts';
import { mixtureOfExperts } from '../../src/index.ts';
import { assertNothingKept } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { type PlanTables, planOf } from './plans.ts';

// Three tokens want expert 0 first; the second and third have a second choice.
const crowded: PlanTables = {
  expertsPerToken: 2,
  choices: [
    [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
    [
      [0, 1],
      [0, 1],
      [0, 1],
    ],
  ],
  weights: [
    [0.75, 0.25],
    [0.5, 0.5],
    [0.625, 0.375],
  ],
};

onEveryBackend(() => {
  test('first choices come before second choices, earlier tokens before later ones', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([[1], [1], [1]]);
      const { kept_TE } = capacityDispatch(() => 2).dispatch(x, planOf(crowded));
      expect(kept_TE.arraySync()).toEqual([
        [1, 1],
        [1, 1],
        [0, 0],
      ]);
    });
  });

  test('a dropped token is zero, and takes no gradient', () => {
    assertNothingKept('drop', () => {
      tf.tidy(() => {
        const through = (x: tf.Tensor) => {
          const dispatched = capacityDispatch(() => 2).dispatch(x as tf.Tensor2D, planOf(crowded));
          return dispatched.combine(dispatched.eachExpert((x_ND, e) => tf.add(tf.mul(x_ND, e + 1), e)));
        };
        const x = tf.tensor2d([[1], [2], [3]]);
        expect(through(x).arraySync()).toEqual([[1 * 0.75 + 3 * 0.25], [2 * 0.5 + 5 * 0.5], [0]]);
        expect(
          tf
            .grad((at: tf.Tensor) => tf.sum(through(at)))(x)
            .arraySync(),
        ).toEqual([[1.25], [1.5], [0]]);
      });
    });
  });

  test.each([
    { renormalizeAfterDrop: false, expected: [0.75, 0] },
    { renormalizeAfterDrop: true, expected: [1, 0] },
  ])('renormalizeAfterDrop: $renormalizeAfterDrop', ({ renormalizeAfterDrop, expected }) => {
    // One place per expert; expert 1 goes to the second token's first choice.
    const tables: PlanTables = {
      ...crowded,
      choices: [
        [
          [1, 0],
          [0, 1],
        ],
        [
          [0, 1],
          [1, 0],
        ],
      ],
      weights: [
        [0.75, 0.25],
        [0.5, 0.5],
      ],
      renormalizeAfterDrop,
    };
    tf.tidy(() => {
      const { weights_TE } = capacityDispatch(() => 1).dispatch(tf.ones([2, 1]), planOf(tables));
      expect(weights_TE.arraySync()[0]).toEqual(expected);
    });
  });

  test('a softmax gate fills every expert with the first tokens', () => {
    const options = { experts: 3, units: 2, seed: 4, gate: softmax(), expert: linear() };
    const layers = [mixtureOfExperts({ ...options, capacity: 2 }), mixtureOfExperts(options)];
    tf.tidy(() => {
      const x = tf.tensor2d(drawnRows(5, 4, 2));
      const [limited, unlimited] = layers.map((layer) => (layer.apply(x) as tf.Tensor2D).arraySync());
      limited?.forEach((row, t) => {
        row.forEach((value, u) => {
          expect(value).toBeCloseTo(t < 2 ? unlimited![t]![u]! : 0, 5);
        });
      });
    });
    expect(layers[0]?.routingMetrics?.droppedFraction).toBeCloseTo(3 / 5, 6);
    for (const layer of layers) layer.dispose();
  });
});
