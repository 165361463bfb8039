import { expectInteger, expectKnownOptions, expectNumber, expectPositive, MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, predict } from '@tfjs-moe/measures';
import { normalCdf } from '@tfjs-moe/numerics';

/** Two mixtures that cannot be told apart, and how far apart they are called. */
export interface LeCamOptions {
  readonly truth: MixingMeasure;
  readonly other: MixingMeasure;
  /** The inputs of the design, each as often as the others in a sample of n. */
  readonly inputs: readonly (readonly number[])[];
  /** Standard deviation of the Gaussian noise. */
  readonly deviation: number;
  /** Rows of the sample; a multiple of the inputs or taken as if it were one. */
  readonly n: number;
  /** $D(G, G')$, such as the value of a Voronoi loss: what an estimator's error is measured in. */
  readonly separation: number;
  /**
   * C in $D(G, G') \le C\,(D(\bar G, G) + D(\bar G, G'))$ for every estimate $\bar G$; 1 for a distance. Losses that only
   * satisfy it nearby or with a constant need theirs. Default 1.
   */
  readonly triangle?: number;
}

/** Le Cam's bound, with what it is made of. */
export interface LeCamBound {
  /** No estimator has a smaller expected error at both. */
  readonly value: number;
  /** $\lVert f_G - f_{G'} \rVert$ over the inputs. */
  readonly distance: number;
  /** Total variation of the two samples: 0 where they cannot be told apart. */
  readonly totalVariation: number;
}

/**
 * Le Cam's bound as a number: of every estimator from n rows $y = f(x) + N(0, \sigma^2)$ the larger of the two expected errors
 * at $G$ and $G'$ is at least
 *
 * $\frac{D(G, G')}{2C}\,(1 - \mathrm{TV}) = \frac{D(G, G')}{C}\,\Phi\Bigl(-\frac{\sqrt n\,\lVert f_G - f_{G'}\rVert}{2\sigma}\Bigr)$.
 *
 * The total variation of two Gaussian samples with one design is exact, and not bounded by entropy. With the pairs of
 * `counterexamples.theoremTwo` this is the bound behind Theorem 2; of mixtures with one function it is D/2C at every n.
 *
 * Source: Le Cam (1973); Yu, "Assouad, Fano, and Le Cam" (1997); for mixtures Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213,
 * appendix, equation (52).
 */
export function leCamBound(options: LeCamOptions): LeCamBound {
  const who = 'leCamBound';
  const known = ['truth', 'other', 'inputs', 'deviation', 'n', 'separation', 'triangle'];
  expectKnownOptions(who, options, known);
  const { truth, other, inputs } = options;
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw new MoeError(who, 'inputs must be a list of rows, at least one', inputs);
  const deviation = expectPositive(who, 'deviation', options.deviation);
  const n = expectInteger(who, 'n', options.n, { min: 1 });
  const separation = expectNumber(who, 'separation', options.separation, { min: 0 });
  const triangle = expectNumber(who, 'triangle', options.triangle ?? 1, { min: 1 });
  const [first, second] = [predict(truth, inputs), predict(other, inputs)];
  if (first.length !== second.length)
    throw new MoeError(who, 'both mixtures must have as many outputs', second.length / inputs.length);
  const square = first.reduce((sum, value, i) => sum + (value - second[i]!) ** 2, 0) / inputs.length;
  const distance = Math.sqrt(square);
  const tail = normalCdf((-Math.sqrt(n) * distance) / (2 * deviation));
  return { value: (separation / triangle) * tail, distance, totalVariation: 1 - 2 * tail };
}
