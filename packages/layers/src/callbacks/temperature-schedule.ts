import { CustomCallback } from '@tensorflow/tfjs-layers';
import { entryOf, expectKnownOptions, expectPositive, MoeError } from '@tfjs-moe/core';
import { type Schedule, scheduleFunction } from './schedule.ts';
import { type Watchable, type WatchedGate, watchedGates } from './watched-gates.ts';

/**
 * Options of `temperatureSchedule`: from which temperature to which, in how many steps, along which curve.
 */
export interface TemperatureScheduleOptions {
  /**
   * The layer whose gate has a temperature, or whose gates; a model or layer in which such layers lie, however deep; or several
   * of these. All gates have the same temperature.
   */
  readonly layer: Watchable | readonly Watchable[];
  /** Temperature as a function of the number of batches since training began. */
  readonly schedule: Schedule;
  /** Path of the parameter below the gate. Default `temperature`; `outer/temperature` in a hierarchical gate. */
  readonly parameter?: string;
}

/** Features of an input: names of parameters do not depend on them. */
const INPUT_DIM = 1;

/** The callback, for `fit` and `fitDataset`. */
export type TemperatureSchedule = CustomCallback & {
  /** The temperature of the current batch. */
  readonly temperature: number;
};

/**
 * A callback that moves the temperature of a gate before every batch: from dense to sparse, as in dense-to-sparse gating
 * (Nie et al. 2021, EvoMoE).
 *
 * For a `temperature` gate with `learned: false`; under a learned temperature the optimiser and the schedule would fight.
 */
export function temperatureSchedule(options: TemperatureScheduleOptions): TemperatureSchedule {
  const who = 'temperatureSchedule';
  expectKnownOptions(who, options, ['layer', 'schedule', 'parameter']);
  const { parameter = 'temperature' } = options;
  const gates = watchedGates(who, options.layer);
  for (const gate of gates) expectScheduled(who, gate, parameter);
  const at = scheduleFunction(who, options.schedule);
  let step = 0;
  let temperature = expectPositive(who, 'the temperature at step 0', at(0));

  const callback = new CustomCallback({
    onTrainBegin() {
      step = 0;
    },
    onBatchBegin() {
      temperature = expectPositive(who, `the temperature at step ${step}`, at(step));
      for (const { set } of gates) set(parameter, temperature);
      step++;
    },
  });
  return Object.defineProperty(callback, 'temperature', { get: () => temperature }) as TemperatureSchedule;
}

/** Refuses a parameter that the gate has not, and one that the optimiser would move as well. */
function expectScheduled(who: string, { gate, experts, learns }: WatchedGate, parameter: string): void {
  const { trainable = true } = entryOf(who, 'gate parameter', gate.params(INPUT_DIM, experts), parameter);
  if (!trainable || !learns()) return;
  throw new MoeError(
    who,
    'the parameter must be one that the optimiser does not move: temperature({ learned: false }), or trainableGate: false',
    parameter,
  );
}
