import type { Coordinates } from '../coordinates.ts';
import type { PenaltyOptions } from './penalty-options.ts';

/** What is taken off the log-likelihood, over coordinates that are coefficients of standardised columns. */
export interface Penalty {
  readonly options: Required<PenaltyOptions>;
  /** Whether it has kinks, where a coefficient is 0. */
  readonly hasKinks: boolean;
  /** Whose each coordinate is: an expert from 0, `GATE`, or `FREE` of one that is not shrunk. */
  readonly owners: Int32Array;
  /** Whether slopes are taken in units of an expert's scale. */
  readonly isRelative: boolean;
  at(point: Float64Array): PenaltyAt;
}

/** $\sum_j a_j |u_j| + \tfrac12 s_j u_j^2$ at a point. */
export interface PenaltyAt {
  readonly value: number;
  /** $a_j$ and $s_j$; 0 of what is not shrunk. */
  readonly absolute: Float64Array;
  readonly square: Float64Array;
  /** Of each expert, minus its derivative by the logarithm of the scale, and the second one. */
  readonly slopes: Float64Array;
  readonly curvatures: Float64Array;
}

export const GATE = -1;
export const FREE = -2;

/** What a penalty is made of. */
interface PenaltyParts {
  /** As of the penalty. */
  readonly owners: Int32Array;
  readonly coordinates: Coordinates;
  readonly totalWeight: number;
  /** Whether the response is a number with a scale. */
  readonly isLocationScale: boolean;
}

/**
 * $W \lambda \sum_e \sum_j \alpha |b_{ej}| + \tfrac{1 - \alpha}{2} b_{ej}^2$ with b the slopes of standardised columns, where
 * the response is a number in units of the expert's scale, $b / \sigma_e$, and W the sum of the weights. So no unit matters,
 * and an expert does not gain by fitting its rows exactly with slopes that cost little.
 *
 * Source: Staedler, Buehlmann and van de Geer, "l1-penalization for mixture regression models" (2010).
 */
export function penaltyOf(
  options: Required<PenaltyOptions>,
  { owners, coordinates, totalWeight, isLocationScale }: PenaltyParts,
): Penalty {
  const { lambda, alpha } = options;
  const { noiseOf, fixedNoise } = coordinates;
  return {
    options,
    owners,
    hasKinks: alpha > 0 && lambda > 0,
    isRelative: isLocationScale,
    at(point) {
      const factors = Float64Array.from(noiseOf, (place, e) =>
        isLocationScale ? Math.exp(-(place < 0 ? fixedNoise[e]! : point[place]!)) : 1,
      );
      const absolute = new Float64Array(owners.length);
      const square = new Float64Array(owners.length);
      const slopes = new Float64Array(noiseOf.length);
      const curvatures = new Float64Array(noiseOf.length);
      let value = 0;
      owners.forEach((owner, j) => {
        if (owner === FREE) return;
        const unit = owner === GATE ? 1 : factors[owner]!;
        absolute[j] = totalWeight * lambda * alpha * unit;
        square[j] = totalWeight * lambda * (1 - alpha) * unit * unit;
        const size = Math.abs(point[j]!);
        const [first, second] = [absolute[j]! * size, 0.5 * square[j]! * size * size];
        value += first + second;
        if (owner === GATE) return;
        slopes[owner] = slopes[owner]! + first + 2 * second;
        curvatures[owner] = curvatures[owner]! + first + 4 * second;
      });
      return { value, absolute, square, slopes, curvatures };
    },
  };
}
