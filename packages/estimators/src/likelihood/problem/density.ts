import type { Block, Part } from './part.ts';

/** What a density says of one expert at a block of rows; columns are reused by the next call for that expert. */
export interface DensityColumns {
  readonly log: Float64Array;
  /** $\partial \log f / \partial h_c$, one per unit. */
  readonly slopes: readonly Float64Array[];
  /** $-\partial^2 \log f / \partial h_c \partial h_d$, the lower triangle row by row: a column, or the same number everywhere. */
  readonly curvatures: (Float64Array | number)[];
  /** $\partial \log f / \partial \log\sigma$, of a density with noise. */
  readonly noise?: Float64Array;
}

/**
 * Density: the law of the response given an expert's outputs, $\log f(y; h, \sigma)$, with its derivatives.
 *
 * In both laws the second derivative in the outputs does not depend on the response, so that it is minus the Fisher
 * information: what a scoring step needs and what the Hessian needs are the same numbers.
 */
export interface Density {
  readonly units: number;
  readonly hasNoise: boolean;
  /** @param derivatives whether more than `log` is needed */
  evaluate(
    outputs: readonly Part[],
    block: Block,
    logSigma: number,
    into: DensityColumns,
    derivatives: boolean,
  ): void;
  /** Columns for blocks of up to so many rows. */
  columns(rows: number): DensityColumns;
}

const HALF_LOG_TWO_PI = 0.9189385332046728;

/** $\log f = -\tfrac12\log 2\pi - \log\sigma - (y-h)^2 / 2\sigma^2$. */
export function gaussianDensity(response: Float64Array): Density {
  return {
    units: 1,
    hasNoise: true,
    columns: (rows) => ({
      log: new Float64Array(rows),
      slopes: [new Float64Array(rows)],
      curvatures: [0],
      noise: new Float64Array(rows),
    }),
    evaluate([output], { first, rows }, logSigma, into, derivatives) {
      const inverse = Math.exp(-logSigma);
      const constant = -HALF_LOG_TWO_PI - logSigma;
      const { log, slopes, noise, curvatures } = into;
      const slope = slopes[0]!;
      const mean = output!.value;
      if (!derivatives) {
        for (let i = 0; i < rows; i++) {
          const z = (response[first + i]! - mean[i]!) * inverse;
          log[i] = constant - 0.5 * z * z;
        }
        return;
      }
      curvatures[0] = inverse * inverse;
      for (let i = 0; i < rows; i++) {
        const z = (response[first + i]! - mean[i]!) * inverse;
        const square = z * z;
        log[i] = constant - 0.5 * square;
        slope[i] = z * inverse;
        noise![i] = square - 1;
      }
    },
  };
}

/** $\log f = h_y - \log \sum_c e^{h_c}$, the response a class from 0. */
export function multinomialDensity(response: Float64Array, classes: number): Density {
  return {
    units: classes,
    hasNoise: false,
    columns: (rows) => ({
      log: new Float64Array(rows),
      slopes: Array.from({ length: classes }, () => new Float64Array(rows)),
      curvatures: Array.from({ length: (classes * (classes + 1)) / 2 }, () => new Float64Array(rows)),
    }),
    evaluate(outputs, { first, rows }, _logSigma, { log, slopes, curvatures }, derivatives) {
      for (let i = 0; i < rows; i++) {
        const own = response[first + i]!;
        let largest = -Infinity;
        for (const { value } of outputs) if (value[i]! > largest) largest = value[i]!;
        let sum = 0;
        for (let c = 0; c < classes; c++) {
          const term = Math.exp(outputs[c]!.value[i]! - largest);
          slopes[c]![i] = term;
          sum += term;
        }
        log[i] = outputs[own]!.value[i]! - largest - Math.log(sum);
        if (!derivatives) continue;
        let next = 0;
        for (let c = 0; c < classes; c++) {
          const p = slopes[c]![i]! / sum;
          for (let d = 0; d < c; d++) (curvatures[next++] as Float64Array)[i] = -p * (slopes[d]![i]! / sum);
          (curvatures[next++] as Float64Array)[i] = p * (1 - p);
        }
        for (let c = 0; c < classes; c++) slopes[c]![i] = (c === own ? 1 : 0) - slopes[c]![i]! / sum;
      }
    },
  };
}
