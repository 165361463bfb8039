/**
 * What a least-squares fit returns: plain data, apart from the gate and the expert of its measure.
 */
import type { MixingMeasure } from '@tfjs-moe/measures';
import type { StopReason } from '../optimise/levenberg-marquardt.ts';

/** What became of one start. */
export interface StartReport {
  /** At the end of the start's last stage, over the rows that the stage looked at. */
  readonly residualSumOfSquares: number;
  /** Rows that its last stage looked at: a subsample in the first stages of a large fit. */
  readonly rows: number;
  readonly iterations: number;
  /** Nothing where the function was not finite at the start. */
  readonly reason: StopReason | undefined;
}

/**
 * What `fitLeastSquares` returns: the fitted measure in canonical form, its error, and how the climbs ended.
 */
export interface LeastSquaresFit {
  /** The estimate, in canonical form. */
  readonly measure: MixingMeasure;
  /** $\sum_i v_i (y_i - f_{\hat G}(x_i))^2$ with the weights $v_i$. */
  readonly residualSumOfSquares: number;
  /** The same over the total weight: the maximum-likelihood estimate of the noise variance $\nu$. */
  readonly sigma2: number;
  /** Whether the iteration ended because there was nothing left to gain. */
  readonly converged: boolean;
  readonly reason: StopReason;
  /** Iterations of the best start, all stages together. */
  readonly iterations: number;
  /** Largest cosine between the residuals and a column of the Jacobian: 0 at a stationary point, whatever the units. */
  readonly gradientNorm: number;
  /** $f_{\hat G}(x_i)$ for every row. */
  readonly fitted: Float64Array;
  /** Sums of squares of the last stage, at its start and after every step. */
  readonly history: readonly number[];
  readonly starts: readonly StartReport[];
  /** Number of the start that won. */
  readonly best: number;
  /** Numbers that were free to move. */
  readonly parameters: number;
  /** Those of them that ended at an end of the box, named as `gate/bias[0]#1`: the bias of the second expert's gate. */
  readonly atBounds: readonly string[];
  /** $\sum_i v_i w_e(x_i) / \sum_i v_i$: the share of every atom. */
  readonly shares: readonly number[];
  /** Atoms that are left when those that coincide are counted once and those without a share not at all. */
  readonly effectiveExperts: number;
}
