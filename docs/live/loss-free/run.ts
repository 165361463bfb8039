/** What the pictures of a run show; its training is in a file of its own, which comes with TensorFlow.js. */

export const STEPS = 300;
export const EXPERTS = 8;

/** Something that the reader did. */
export interface LossFreeEvent {
  /** The step before which it was done. */
  readonly step: number;
  readonly what: 'collapse' | 'on' | 'off';
}

export interface LossFreeRun {
  readonly step: number;
  readonly losses: readonly number[];
  /** Fraction of the tokens that each expert was sent, for every step so far. */
  readonly loads: readonly (readonly number[])[];
  readonly events: readonly LossFreeEvent[];
}

/** What the reader can change while it runs. */
export interface LossFreeControl {
  /** Whether the selection bias moves against the load. */
  balance: boolean;
  /** How often a collapse was asked for. */
  collapses: number;
}

/** Load of the busiest expert over the mean, less 1. */
export function violationOf(load: readonly number[]): number {
  return (Math.max(...load) * load.length) / load.reduce((sum, each) => sum + each, 0) - 1;
}
