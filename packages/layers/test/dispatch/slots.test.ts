import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignSlots, rowsOfSlots } from '../../src/dispatch/slots.ts';
import { onEveryBackend } from '../backends.ts';
import { dropNaively } from './dropping.ts';
import { anyPlan, planOf } from './plans.ts';

const numbers = (x: tf.Tensor) => Array.from(x.dataSync());

onEveryBackend(() => {
  test('the buffer of each expert holds its tokens in their order of arrival, then nothing', () => {
    fc.assert(
      fc.property(anyPlan, ({ capacity, ...tables }) => {
        const experts = tables.weights[0]?.length ?? 0;
        const { buffers } = dropNaively(tables, capacity);
        tf.tidy(() => {
          const plan = planOf(tables);
          const rows = rowsOfSlots(assignSlots(plan, capacity), plan, capacity);
          const [token, cell, used] = [rows.token_S1, rows.cell_S1, rows.used_S1].map(numbers);
          expect(used).toHaveLength(experts * capacity);
          buffers.forEach((arrivals, e) => {
            for (let slot = 0; slot < capacity; slot++) {
              const row = e * capacity + slot;
              expect(used?.[row]).toBe(slot < arrivals.length ? 1 : 0);
              if (slot >= arrivals.length) continue;
              expect(token?.[row]).toBe(arrivals[slot]);
              expect(cell?.[row]).toBe(arrivals[slot]! * experts + e);
            }
          });
        });
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('the columns hold every kept pair once, each with a row of its own', () => {
    fc.assert(
      fc.property(anyPlan, ({ capacity, ...tables }) => {
        const experts = tables.weights[0]?.length ?? 0;
        const { kept, buffers } = dropNaively(tables, capacity);
        tf.tidy(() => {
          const plan = planOf(tables);
          const { columns } = rowsOfSlots(assignSlots(plan, capacity), plan, capacity);
          const found = kept.map((row) => row.map(() => 0));
          const taken = new Set<number>();
          for (const { row_T1, expert_T, valid_T1 } of columns) {
            const [row, expert, valid] = [row_T1, expert_T, valid_T1].map(numbers) as [
              number[],
              number[],
              number[],
            ];
            valid.forEach((isValid, t) => {
              if (isValid === 0) {
                expect(row[t]).toBe(experts * capacity);
                return;
              }
              const e = expert[t]!;
              found[t]![e] = found[t]![e]! + 1;
              expect(row[t]).toBe(e * capacity + buffers[e]!.indexOf(t));
              taken.add(row[t]!);
            });
          }
          expect(found).toEqual(kept);
          expect(taken.size).toBe(kept.flat().filter((pair) => pair === 1).length);
        });
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('one expert per token and level needs no more columns than levels', () => {
    const one = [
      [0, 1, 0],
      [1, 0, 0],
    ];
    const both = [
      [0, 1, 1],
      [1, 1, 0],
    ];
    tf.tidy(() => {
      const single = planOf({ expertsPerToken: 1, choices: [one], weights: one });
      expect(rowsOfSlots(assignSlots(single, 2), single, 2).columns).toHaveLength(1);
      const several = planOf({ expertsPerToken: 2, choices: [both], weights: both });
      expect(rowsOfSlots(assignSlots(several, 2), several, 2).columns).toHaveLength(3);
    });
  });
});
