/** Who keeps a place in a full expert: the orders of four programs, as golden numbers and against naive sorting. */
import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  batchPriority,
  definePriority,
  MixtureOfExperts,
  mixtureOfExperts,
  type Priority,
  probabilityPriority,
  tokenOrder,
} from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';
import { type PlanTables, planOf } from '../dispatch/plans.ts';

/** The batch of `golden-gates.json`: six tokens, three experts, two choices each. */
const golden = [
  [0.6, 0.4, 0],
  [0.55, 0.45, 0],
  [0.9, 0, 0.1],
  [0.8, 0.2, 0],
  [0.3, 0.7, 0],
  [0.52, 0, 0.48],
];
const kept = {
  tokenOrder: ['110', '110', '101', '010', '000', '001'],
  batchPriority: ['110', '000', '101', '110', '010', '001'],
  probabilities: ['110', '010', '101', '100', '010', '001'],
};
const priorities: Readonly<Record<keyof typeof kept, Priority>> = {
  tokenOrder,
  batchPriority,
  probabilities: probabilityPriority,
};
const names = Object.keys(kept) as (keyof typeof kept)[];

/** The two experts with the largest weights, as first and second choice. */
function tablesOf(weights: readonly (readonly number[])[]): PlanTables {
  const order = weights.map((row) => [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b));
  const level = (rank: number) =>
    weights.map((row, t) => row.map((weight, e) => Number(order[t]![rank] === e && weight > 0)));
  return { weights: weights.map((row) => [...row]), expertsPerToken: 2, choices: [level(0), level(1)] };
}

function keptOf(priority: Priority, weights: readonly (readonly number[])[], capacity: number): string[] {
  return tf.tidy(() => {
    const levels = priority.keep(planOf(tablesOf(weights)), capacity);
    const rows = tf.addN([...levels]).arraySync() as number[][];
    return rows.map((row) => row.join(''));
  });
}

/** Pairs (token, expert) in the order in which a program would serve them. */
function naively(
  name: keyof typeof kept,
  weights: readonly (readonly number[])[],
  capacity: number,
): string[] {
  const { choices } = tablesOf(weights);
  const largest = weights.map((row) => Math.max(...row));
  const pairs = choices.flatMap((level, rank) =>
    level.flatMap((row, token) =>
      row.flatMap((sent, expert) =>
        sent ? [{ rank, token, expert, weight: weights[token]![expert]! }] : [],
      ),
    ),
  );
  const compare = {
    tokenOrder: (a: (typeof pairs)[0], b: (typeof pairs)[0]) => a.token - b.token || a.rank - b.rank,
    probabilities: (a: (typeof pairs)[0], b: (typeof pairs)[0]) => b.weight - a.weight || a.token - b.token,
    batchPriority: (a: (typeof pairs)[0], b: (typeof pairs)[0]) =>
      a.rank - b.rank || largest[b.token]! - largest[a.token]! || a.token - b.token,
  }[name];
  const room = weights[0]!.map(() => capacity);
  const table = weights.map((row) => row.map(() => 0));
  for (const { token, expert } of pairs.sort(compare)) if (room[expert]!-- > 0) table[token]![expert] = 1;
  return table.map((row) => row.join(''));
}

onEveryBackend(() => {
  describe.each(names)('%s', (name) => {
    test('golden', () => {
      expect(keptOf(priorities[name], golden, 3)).toEqual(kept[name]);
    });

    test('is the head of a sorted list', () => {
      const weight = fc.constantFrom(0.125, 0.25, 0.375, 0.5, 0.625);
      fc.assert(
        fc.property(
          fc.array(fc.tuple(weight, weight, weight), { minLength: 1, maxLength: 7 }),
          fc.integer({ min: 1, max: 4 }),
          (weights, capacity) => {
            expect(keptOf(priorities[name], weights, capacity)).toEqual(naively(name, weights, capacity));
          },
        ),
        { numRuns: 40 },
      );
    });

    test('a token of NaN takes nobody’s place', () => {
      const broken = golden.map((row, t) => (t === 2 ? [Number.NaN, 0, Number.NaN] : row));
      const without = keptOf(
        priorities[name],
        golden.filter((_, t) => t !== 2),
        2,
      );
      const plan = planOf({ ...tablesOf(golden), weights: broken } as PlanTables);
      const rows = tf.addN([...priorities[name].keep(plan, 2)]).arraySync() as number[][];
      expect(rows.filter((_, t) => t !== 2).map((row) => row.join(''))).toEqual(without);
      expect(rows[2]).toEqual([0, 0, 0]);
    });

    test.each(['auto', 'capacity'] as const)('in a layer, %s: what is dropped adds nothing', (dispatch) => {
      const make = (priority: Priority | string) =>
        mixtureOfExperts({
          experts: 4,
          gate: topK({ k: 2, renormalize: 'afterDrop' }),
          expert: linear(),
          units: 2,
          capacity: { factor: 0.5, priority },
          dispatch,
          seed: 1,
        });
      const layer = make(priorities[name]);
      const x = tf.tensor2d(drawnRows(9, 3, 1));
      layer.build([null, 3]);
      const y = layer.call(x, {}).arraySync() as number[][];
      const plan = layer.route(x);
      const keeps = keptOf(priorities[name], plan.weights_TE.arraySync() as number[][], 3);
      const counts = keeps.map((row) => [...row].filter((one) => one === '1').length);
      expect(layer.routingMetrics!.droppedFraction).toBeCloseTo(1 - counts.reduce((a, b) => a + b) / 18, 6);
      y.forEach((row, t) => {
        expect(row.every((value) => value === 0)).toBe(counts[t] === 0);
      });
      const config = layer.getConfig();
      expect(config.capacity).toEqual({ factor: 0.5, convention: 'megatron', priority: name });
      const again = MixtureOfExperts.fromConfig(MixtureOfExperts as never, config) as MixtureOfExperts;
      again.build([null, 3]);
      again.setWeights(layer.getWeights());
      expect(again.call(x, {}).arraySync()).toEqual(y);
    });
  });
});

test('one of one’s own is known by its name, and an unknown one is refused', () => {
  const layer = (priority: unknown) =>
    mixtureOfExperts({
      experts: 2,
      gate: topK({ k: 1 }),
      expert: linear(),
      capacity: { factor: 1, priority } as never,
    });
  expect(() => layer('testNobody')).toThrow("capacity.priority must be 'gshard' or a priority");
  expect(() => layer({ name: 'testNobody' })).toThrow("capacity.priority must be 'gshard' or a priority");
  definePriority({
    name: 'testNobody',
    keep: ({ choices_TE }) => choices_TE.map((choice) => tf.zerosLike(choice)),
  });
  const [y] = [layer('testNobody').apply(tf.ones([3, 2])) as tf.Tensor];
  expect(Array.from(y!.dataSync()).every((value) => value === 0)).toBe(true);
});
