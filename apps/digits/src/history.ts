/**
 * What training leaves behind for the report: averages over stretches of batches, and one entry per epoch.
 */

/** The two networks that are compared. */
export type NetworkName = 'mixture' | 'dense';
export const networkNames: readonly NetworkName[] = ['mixture', 'dense'];

/** Cross-entropy without balance losses, and the share of right answers, on training batches. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/** One training step of both networks on one batch. */
export interface Step {
  readonly images: number;
  readonly scores: Readonly<Record<NetworkName, Score>>;
  /** Share of the batch's work done by each expert; sums to 1. */
  readonly load: readonly number[];
}

/** The average of consecutive steps. */
export interface Point extends Omit<Step, 'images'> {
  /** Training images seen by the end of the stretch, repetitions included. */
  readonly seen: number;
}

/** Share of right answers on the test images after an epoch. */
export interface EpochEnd {
  readonly epoch: number;
  readonly seen: number;
  readonly accuracy: Readonly<Record<NetworkName, number>>;
}

export interface History {
  readonly points: readonly Point[];
  readonly epochs: readonly EpochEnd[];
  /** Seconds that each network spent in training steps. */
  readonly seconds: Readonly<Record<NetworkName, number>>;
  readonly steps: number;
  readonly stepsPlanned: number;
  /** Training images seen, repetitions included. */
  readonly seen: number;
  readonly interrupted: boolean;
}

/** The average of steps, each weighted by its number of images. */
export function averageSteps(steps: readonly Step[], seen: number): Point {
  const images = steps.reduce((sum, step) => sum + step.images, 0);
  const mean = (value: (step: Step) => number): number =>
    steps.reduce((sum, step) => sum + step.images * value(step), 0) / images;
  const score = (name: NetworkName): Score => ({
    loss: mean((step) => step.scores[name].loss),
    accuracy: mean((step) => step.scores[name].accuracy),
  });
  const experts = steps[0]?.load.length ?? 0;
  return {
    seen,
    scores: { mixture: score('mixture'), dense: score('dense') },
    load: Array.from({ length: experts }, (_, expert) => mean((step) => step.load[expert] ?? 0)),
  };
}
