import { expectInteger, expectOneOf, expectPositive, MoeError } from '@tfjs-moe/core';

const kinds = ['linear', 'exponential', 'cosine'] as const;

/** A schedule from one positive number to another. */
export interface ScheduleConfig {
  readonly kind: (typeof kinds)[number];
  /** Value at step 0, above 0. */
  readonly from: number;
  /** Value from `steps` on, above 0. */
  readonly to: number;
  /** Length in training steps (batches). */
  readonly steps: number;
}

/**
 * Schedules: a number as a function of the training step, written as plain JSON or as a function.
 *
 * With $s = \min(\text{step} / \text{steps}, 1)$: linear $a + (b - a) s$; exponential $a (b / a)^s$; cosine
 * $b + (a - b)(1 + \cos \pi s) / 2$.
 */
export type Schedule = ScheduleConfig | ((step: number) => number);

const shapes: Readonly<Record<ScheduleConfig['kind'], (from: number, to: number, s: number) => number>> = {
  linear: (from, to, s) => from + (to - from) * s,
  exponential: (from, to, s) => from * (to / from) ** s,
  cosine: (from, to, s) => to + ((from - to) * (1 + Math.cos(Math.PI * s))) / 2,
};

/** Checks a schedule and returns it as a function of the step. */
export function scheduleFunction(who: string, schedule: Schedule): (step: number) => number {
  if (typeof schedule === 'function') return schedule;
  if (typeof schedule !== 'object' || schedule === null) {
    throw new MoeError(who, 'schedule must be { kind, from, to, steps } or a function of the step', schedule);
  }
  const shape = shapes[expectOneOf(who, 'schedule.kind', schedule.kind, kinds)];
  const from = expectPositive(who, 'schedule.from', schedule.from);
  const to = expectPositive(who, 'schedule.to', schedule.to);
  const steps = expectInteger(who, 'schedule.steps', schedule.steps, { min: 1 });
  return (step) => shape(from, to, Math.min(step / steps, 1));
}
