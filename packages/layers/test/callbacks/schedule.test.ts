import { describe, expect, test } from 'vitest';
import { type Schedule, scheduleFunction } from '../../src/callbacks/schedule.ts';

const at = (schedule: Schedule, steps: number[]) => steps.map(scheduleFunction('test', schedule));

describe('from 8 to 2 in 4 steps', () => {
  test.each([
    ['linear', [8, 6.5, 5, 3.5, 2]],
    ['exponential', [8, 8 / Math.SQRT2, 4, 4 / Math.SQRT2, 2]],
    ['cosine', [8, 5 + 1.5 * Math.SQRT2, 5, 5 - 1.5 * Math.SQRT2, 2]],
  ] as const)('%s', (kind, expected) => {
    const values = at({ kind, from: 8, to: 2, steps: 4 }, [0, 1, 2, 3, 4]);
    values.forEach((value, step) => {
      expect(value).toBeCloseTo(expected[step]!, 12);
    });
  });

  test.each(['linear', 'exponential', 'cosine'] as const)('%s stays where it ends', (kind) => {
    for (const value of at({ kind, from: 8, to: 2, steps: 4 }, [5, 100])) expect(value).toBeCloseTo(2, 12);
  });
});

test('a schedule may rise, and last one step', () => {
  expect(at({ kind: 'linear', from: 1, to: 3, steps: 1 }, [0, 1, 2])).toEqual([1, 3, 3]);
});

test('a function is its own schedule', () => {
  expect(at((step) => 10 - step, [0, 3])).toEqual([10, 7]);
});

test.each([
  [
    { kind: 'step', from: 1, to: 2, steps: 3 },
    `schedule.kind must be one of 'linear', 'exponential', 'cosine'. Received: "step".`,
  ],
  [
    { kind: 'linear', from: 0, to: 2, steps: 3 },
    'schedule.from must be a finite number above 0. Received: 0.',
  ],
  [
    { kind: 'linear', from: 1, to: -2, steps: 3 },
    'schedule.to must be a finite number above 0. Received: -2.',
  ],
  [
    { kind: 'linear', from: 1, to: 2, steps: 0 },
    'schedule.steps must be an integer of at least 1. Received: 0.',
  ],
  [0.5, 'schedule must be { kind, from, to, steps } or a function of the step. Received: 0.5.'],
  [null, 'schedule must be { kind, from, to, steps } or a function of the step. Received: null.'],
])('%o is refused', (schedule, message) => {
  expect(() => scheduleFunction('test', schedule as never)).toThrow(`[tfjs-moe] test: ${message}`);
});
