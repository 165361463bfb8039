import type { Config, Numbers } from '@tfjs-moe/core';
import type { Inputs, Noise } from '@tfjs-moe/datasets';
import type { MixingMeasure } from '@tfjs-moe/measures';

/**
 * What a convergence study does, as data: how fast do estimates approach the truth as the sample grows? Every arm draws
 * samples of each size from a true mixing measure, fits a family to each, and measures losses; rates are the slopes of
 * the losses against n on logarithmic axes. `moe study FILE` runs one, from JSON or from a module that exports `study`.
 */
export interface Study {
  /** Lower case with dashes; names files. */
  readonly name: string;
  readonly title: string;
  /** What is asked, and what the figure should look like: Markdown. */
  readonly about?: string;
  /** Numbers of observations, ascending. */
  readonly sizes: readonly number[];
  /** Samples per size. */
  readonly replicates: number;
  readonly seed: number;
  /** What `--quick` changes. */
  readonly quick?: { readonly sizes?: readonly number[]; readonly replicates?: number };
  readonly arms: readonly Arm[];
}

/** One truth, one fitted family: a curve per loss. */
export interface Arm {
  readonly name: string;
  /** Arms of one panel share a figure. Default: all of them do. */
  readonly panel?: string;
  /** A published design: its truth, inputs and noise are the defaults of those below. */
  readonly design?: string;
  /** The true mixing measure. */
  readonly truth?: MixingMeasure | MeasureConfig;
  /**
   * Several true measures of one shape, in place of `truth`: the first replicate has the first one, and so on in turn. Then
   * a slope's interval is over the truths as well.
   */
  readonly truths?: readonly (MixingMeasure | MeasureConfig)[];
  readonly inputs?: Inputs;
  readonly noise?: Noise;
  readonly fit: FitPlan;
  /** Names of losses: see `losses`. */
  readonly losses: readonly string[];
  /** What the papers say of them. */
  readonly claims?: readonly Claim[];
}

/** A measure with gate and expert as configs. */
export interface MeasureConfig {
  readonly gate: Config;
  readonly expert: Config;
  readonly inputDim: number;
  readonly experts: number;
  readonly gateParams: Numbers;
  readonly expertParams: Numbers;
  readonly dispersions?: readonly number[];
}

/** How each sample of an arm is fitted. */
export interface FitPlan {
  readonly estimator: 'leastSquares' | 'maximumLikelihood';
  /** Experts of the fitted family; more than the truth has is over-fitted. */
  readonly experts: number;
  /** Fitted gate, default the true one. */
  readonly gate?: Config;
  /** Fitted expert, default the true one. */
  readonly expert?: Config;
  /**
   * Where fits start: `near` the truth, as the papers' do, or where the estimator `draws` from the data, as for a user who
   * knows no truth. Default `near`.
   */
  readonly from?: 'near' | 'draws';
  /** How many starts. Default 1 near the truth, or the estimator's own default. */
  readonly starts?: number;
  /** Standard deviation of the parameters of a start near the truth. Default 0.1. */
  readonly spread?: number;
  /** Bound on the size of every parameter: the compactness of the theory. Default 50. */
  readonly bound?: number;
  readonly maxIterations?: number;
}

/** A rate that a paper proves for a loss: its figure shows it, and what was measured is held against it. */
export interface Claim {
  readonly loss: string;
  /** Exponent of n. */
  readonly slope: number;
  /** Theorem and paper. */
  readonly source: string;
  /** What we think of it, if our results differ. */
  readonly remark?: string;
}
