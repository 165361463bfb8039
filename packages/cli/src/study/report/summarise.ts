/**
 * What the outcomes of a study say: for every arm and loss the median and its band at each size, and the slope
 * $\hat s$ of $\log(\text{median}) = c + s \log n$ with a bootstrap interval.
 *
 * Medians, not means: the losses of over-fitted mixtures have tails so heavy that a few runs decide their mean.
 */
import type { Outcome, Results } from '../results.ts';
import type { Arm, Claim, Study } from '../study.ts';
import { truthOf } from '../task.ts';
import { type Reading, readingOf } from './reading.ts';
import { ascending, type CurveSlope, quantile, slopeOf } from './slope.ts';

export interface Point {
  readonly n: number;
  readonly median: number;
  /** First and third quartile. */
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** Fits that gave a loss, and those that did not. */
  readonly fits: number;
  readonly failed: number;
  /** Fits that say that they did not converge. */
  readonly unconverged: number;
}

export interface Curve {
  readonly arm: string;
  /** Arms of one panel share a figure. */
  readonly panel?: string;
  readonly loss: string;
  readonly points: readonly Point[];
  /** Undefined with fewer than two sizes, or where a median is 0. */
  readonly slope: CurveSlope | undefined;
  readonly claim: Claim | undefined;
  /** What the interval says of the claim. */
  readonly reading: Reading | undefined;
}

export function summarise({ header, outcomes }: Results): Curve[] {
  const study = header.config;
  const done = [...outcomes].sort((a, b) => a.index - b.index);
  return study.arms.flatMap((arm) =>
    arm.losses.map((loss) =>
      curveOf(
        arm,
        loss,
        study,
        done.filter((outcome) => outcome.arm === arm.name),
      ),
    ),
  );
}

function curveOf(arm: Arm, loss: string, { sizes, seed }: Study, outcomes: readonly Outcome[]): Curve {
  const truths = arm.truths?.length ?? 1;
  const samples = sizes
    .map((n) => {
      const own = outcomes.filter((outcome) => outcome.n === n);
      const byTruth = Array.from({ length: truths }, (_, truth) =>
        own
          .filter(({ replicate }) => truthOf(replicate, truths) === truth)
          .flatMap(({ losses }) => losses[loss] ?? [])
          .sort(ascending),
      );
      return { n, own, byTruth };
    })
    .filter(({ own }) => own.length > 0);
  const points = samples.map(({ n, own, byTruth }) => {
    const values = byTruth.flat().sort(ascending);
    return {
      n,
      median: quantile(values, 0.5),
      low: quantile(values, 0.25),
      high: quantile(values, 0.75),
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      fits: values.length,
      failed: own.length - values.length,
      unconverged: own.filter(({ converged, error }) => !converged && error === undefined).length,
    };
  });
  const slope = slopeOf(samples, truths, seed, `${arm.name}/${loss}`);
  const claim = arm.claims?.find((one) => one.loss === loss);
  return {
    arm: arm.name,
    ...(arm.panel !== undefined && { panel: arm.panel }),
    loss,
    points,
    slope,
    claim,
    reading: readingOf(slope, claim),
  };
}
