/**
 * What a maximum-likelihood fit says: plain data, from which summaries, intervals and criteria follow without the sample.
 */
import type { Config } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import type { Ending } from '../climb/ascent.ts';
import type { Degeneracy } from '../climb/degeneracy.ts';
import type { PenaltyOptions } from '../problem/penalty/penalty-options.ts';
import type { CoefficientStructure } from '../problem/structure/structure.ts';

/**
 * `estimated`: with a standard error. `reference`: 0 by convention, the gauge. `aliased`: left out, because its column
 * depends on others. `not identified`: the data do not determine it, and it has no standard error. `at bound`: the
 * variance is the smallest that was allowed. `held`: of a zero expert. `fixed`: by the structure that was asked for.
 * `penalised`: of a fit with a penalty, whose estimates are biased on purpose and have no standard errors.
 */
export type EstimateStatus =
  | 'estimated'
  | 'reference'
  | 'aliased'
  | 'not identified'
  | 'at bound'
  | 'held'
  | 'fixed'
  | 'penalised';

/** One number of the fit. */
export interface Estimate {
  readonly part: 'gate' | 'expert' | 'noise';
  /** Heading of the table it stands in: `expert 1`, `gate 2`. */
  readonly group: string;
  /** `(Intercept)`, the name of an input, `sigma`, or the name of a parameter with its place. */
  readonly name: string;
  /** The name of the parameter in the measure; `log sigma` of the noise. */
  readonly parameter: string;
  readonly value: number;
  readonly status: EstimateStatus;
}

/** Something that a reader of the fit must know: a reason from a fixed list, and a sentence. */
export interface FitWarning {
  readonly reason:
    | 'not converged'
    | 'vanishing variance'
    | 'empty expert'
    | 'selection'
    | 'separated gate'
    | 'separated classes'
    | 'collinear inputs'
    | 'scale of the temperature'
    | 'gauge unknown'
    | 'singular information'
    | 'not a maximum'
    | 'few rows'
    | 'counts as numbers';
  readonly text: string;
  /** What can be done about it, in the words of the options of `fitMaximumLikelihood`. */
  readonly remedy?: string;
}

/**
 * What the data do not determine. A difference of two estimates that every direction moves alike is determined although
 * neither of the two is: `withReference` finds those of a gate here.
 */
export interface Undetermined {
  /** Directions of all estimates along which the likelihood does not change. */
  readonly directions: readonly (readonly number[])[];
  /** By rows, of all estimates: with the directions held. */
  readonly covariances: MaximumLikelihoodFit['covariances'];
}

/** How one start of `fitMaximumLikelihood` ended. */
export interface ClimbReport {
  readonly kind: string;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly ending: Ending | Degeneracy;
  /** Of a large sample: the climbs on a part of its rows, of whose best this is the continuation. */
  readonly part?: readonly ClimbReport[];
}

/**
 * What `fitMaximumLikelihood` returns: the fitted measure in canonical form, the maximum, estimates with their
 * covariance, and warnings.
 */
export interface MaximumLikelihoodFit {
  readonly estimator: 'maximum likelihood';
  /** In canonical form, with its standard deviations. */
  readonly measure: MixingMeasure;
  /** The law of the response, as `getFamily` restores it. */
  readonly family: Config;
  readonly variances: 'common' | 'own';
  /** Smallest variance of an expert as a part of that of the response, where another than the default was asked for. */
  readonly minVariance?: number;
  /** Whether the last expert says 0 and nothing else. */
  readonly zeroExpert?: boolean;
  /** What holds between the coefficients, where something was asked for. */
  readonly structure?: CoefficientStructure;
  /** Of every expert, the first that the structure and the families say the same of: from 0. */
  readonly alike?: readonly number[];
  /** How coefficients were shrunk, and the log-likelihood less that, which was maximised. */
  readonly penalty?: Required<PenaltyOptions>;
  readonly penalisedLogLikelihood?: number;
  readonly logLikelihood: number;
  /**
   * Numbers that were estimated, less those that the gate trades for others: the degrees of freedom. With a penalty effective
   * ones.
   */
  readonly degreesOfFreedom: number;
  /** Rows, and the sum of their weights. */
  readonly n: number;
  readonly totalWeight: number;
  /** Of rows in groups: how many there are, the sum of their weights, and those (by weight) that each expert is likeliest for. */
  readonly groups?: {
    readonly n: number;
    readonly totalWeight: number;
    readonly counts: readonly number[];
  };
  /** How many clusters the sandwich is robust by, where there are some. */
  readonly clusters?: number;
  /** Whether the gradient vanished at a maximum that is not degenerate. */
  readonly converged: boolean;
  readonly ending: Ending | Degeneracy;
  /** $\sqrt{g^\top |H|^{-1} g}$: the distance to the maximum in standard errors. */
  readonly gradientNorm: number;
  readonly iterations: { readonly em: number; readonly newton: number };
  /** The log-likelihood at the start and after every iteration of the best climb. */
  readonly history: readonly number[];
  readonly starts: readonly ClimbReport[];
  /** $\sum_i w_i r_{ie}$ per expert. */
  readonly sizes: readonly number[];
  /** Rows (by weight) whose largest responsibility is that of the expert. */
  readonly counts: readonly number[];
  /** $-\sum_i w_i \sum_e r_{ie} \log r_{ie}$, over groups where there are some. */
  readonly entropy: number;
  readonly estimates: readonly Estimate[];
  /** Which of `estimates` the covariances are of. */
  readonly estimated: readonly number[];
  /** Covariance matrices by rows: from the observed information, and the sandwich, which is robust by groups where there are some. */
  readonly covariances: {
    readonly observed: readonly (readonly number[])[];
    readonly sandwich: readonly (readonly number[])[];
  };
  /** Where the data do not determine everything: what they do not, and the covariances of what they do. */
  readonly undetermined?: Undetermined;
  readonly warnings: readonly FitWarning[];
  /** Whether the sample had an offset, and trials. */
  readonly hasOffset?: boolean;
  readonly hasTrials?: boolean;
  readonly inputNames: readonly string[];
  readonly responseName: string;
  /** Of several responses together: what each is called. */
  readonly responseNames?: readonly string[];
}
