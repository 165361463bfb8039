/**
 * What the outcomes of a study say: for every arm and loss the median and its band at each size, and the slope
 * $\hat s$ of $\log(\text{median}) = c + s \log n$ with a bootstrap interval.
 *
 * Medians, not means: the losses of over-fitted mixtures have tails so heavy that a few runs decide their mean.
 */
import { stream } from '@tfjs-moe/core';
import type { Outcome, Results } from '../results.ts';
import type { Arm, Claim, Study } from '../study.ts';

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

export interface Slope {
  readonly value: number;
  /** 95 % percentile interval over resampled replicates. */
  readonly low: number;
  readonly high: number;
}

export interface Curve {
  readonly arm: string;
  /** Arms of one panel share a figure. */
  readonly panel?: string;
  readonly loss: string;
  readonly points: readonly Point[];
  /** Undefined with fewer than two sizes, or where a median is 0. */
  readonly slope: Slope | undefined;
  readonly claim: Claim | undefined;
}

const RESAMPLES = 500;

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
  const samples = sizes
    .map((n) => {
      const own = outcomes.filter((outcome) => outcome.n === n);
      const values = own.flatMap(({ losses }) => losses[loss] ?? []).sort((a, b) => a - b);
      return { n, own, values };
    })
    .filter(({ own }) => own.length > 0);
  const points = samples.map(({ n, own, values }) => ({
    n,
    median: quantile(values, 0.5),
    low: quantile(values, 0.25),
    high: quantile(values, 0.75),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    fits: values.length,
    failed: own.length - values.length,
    unconverged: own.filter(({ converged, error }) => !converged && error === undefined).length,
  }));
  return {
    arm: arm.name,
    ...(arm.panel !== undefined && { panel: arm.panel }),
    loss,
    points,
    slope: slopeOf(samples, seed, `${arm.name}/${loss}`),
    claim: arm.claims?.find((claim) => claim.loss === loss),
  };
}

interface SizeSample {
  readonly n: number;
  /** Ascending. */
  readonly values: readonly number[];
}

function slopeOf(samples: readonly SizeSample[], seed: number, key: string): Slope | undefined {
  const used = samples.filter(({ values }) => values.length > 0);
  const value = fitted(used.map(({ n, values }) => [n, quantile(values, 0.5)]));
  if (value === undefined) return undefined;
  const random = stream(seed, 'slope', key);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    fitted(
      used.map(({ n, values }) => [
        n,
        quantile(
          resample(values, () => random.uniform()),
          0.5,
        ),
      ]),
    ),
  )
    .filter((slope) => slope !== undefined)
    .sort((a, b) => a - b);
  return { value, low: quantile(resampled, 0.025), high: quantile(resampled, 0.975) };
}

function resample(values: readonly number[], uniform: () => number): number[] {
  return Array.from(values, () => values[Math.floor(uniform() * values.length)]!).sort((a, b) => a - b);
}

/** Slope of the least-squares line through (log n, log y). */
function fitted(points: readonly (readonly [number, number])[]): number | undefined {
  if (points.length < 2 || points.some(([, y]) => !(y > 0))) return undefined;
  const x = points.map(([n]) => Math.log(n));
  const y = points.map(([, value]) => Math.log(value));
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [mx, my] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0) / spread;
}

/** A quantile of ascending numbers, linear between neighbours (R's type 7); NaN of none. */
function quantile(ascending: readonly number[], p: number): number {
  const place = p * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below];
  if (low === undefined) return Number.NaN;
  return low + (place - below) * ((ascending[below + 1] ?? low) - low);
}
