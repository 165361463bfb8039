import { CustomCallback } from '@tensorflow/tfjs-layers';
import { expectKnownOptions, expectPositive, MoeError } from '@tfjs-moe/core';
import { MixtureOfExperts } from '../mixture-of-experts.ts';
import { type Schedule, scheduleFunction } from './schedule.ts';

/**
 * Options of `temperatureSchedule`: from which temperature to which, in how many steps, along which curve.
 */
export interface TemperatureScheduleOptions {
  /** The layer whose gate has a temperature. */
  readonly layer: MixtureOfExperts;
  /** Temperature as a function of the number of batches since training began. */
  readonly schedule: Schedule;
  /** Path of the parameter below the gate. Default `temperature`; `outer/temperature` in a hierarchical gate. */
  readonly parameter?: string;
}

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
  const { layer, parameter = 'temperature' } = options;
  if (!(layer instanceof MixtureOfExperts)) {
    throw new MoeError(who, 'layer must be a MixtureOfExperts layer', layer);
  }
  const at = scheduleFunction(who, options.schedule);
  let step = 0;
  let temperature = expectPositive(who, 'the temperature at step 0', at(0));

  const callback = new CustomCallback({
    onTrainBegin() {
      step = 0;
    },
    onBatchBegin() {
      temperature = expectPositive(who, `the temperature at step ${step}`, at(step));
      layer.setGateParameter(parameter, temperature);
      step++;
    },
  });
  return Object.defineProperty(callback, 'temperature', { get: () => temperature }) as TemperatureSchedule;
}
