import type { Stream } from '@tfjs-moe/core';

/**
 * A covariance by what each number adds to those before it: $y_j = m_j + \sum_{k<j} \varphi_{jk} (y_k - m_k) + s_j \epsilon_j$.
 * Any numbers will do, so that nothing has to be kept inside bounds (Pourahmadi, 1999).
 */
export interface Innovations {
  /** $\log s_j$. */
  readonly logDeviations: readonly number[];
  /** $\varphi_{jk}$ for k < j, row by row. */
  readonly slopes: readonly number[];
}

/** The place of row j and column k, k at most j, in a lower triangle that is stored row by row. */
export const trianglePlace = (j: number, k: number): number => (j * (j + 1)) / 2 + k;

/** How many numbers a lower triangle of so many rows has. */
export const triangleSize = (rows: number): number => (rows * (rows + 1)) / 2;

/** How many rows a lower triangle of so many numbers has; no integer where there is none. */
export const triangleRows = (numbers: number): number => (Math.sqrt(8 * numbers + 1) - 1) / 2;

/**
 * The innovations of a covariance: $\varphi$ and $s$ of the regression of each number on those before it.
 * @param covariance the lower triangle, row by row
 * @returns nothing where the matrix is not positive definite
 */
export function innovationsOf(covariance: readonly number[]): Innovations | undefined {
  const size = triangleRows(covariance.length);
  const slopes: number[] = [];
  const logDeviations: number[] = [];
  /** Of the unit lower triangular factor, and of the diagonal between it and its transpose. */
  const factor: number[][] = [];
  const diagonal: number[] = [];
  for (let j = 0; j < size; j++) {
    const row: number[] = [];
    for (let k = 0; k < j; k++) {
      let sum = covariance[trianglePlace(j, k)]!;
      for (let m = 0; m < k; m++) sum -= row[m]! * factor[k]![m]! * diagonal[m]!;
      row.push(sum / diagonal[k]!);
    }
    let rest = covariance[trianglePlace(j, j)]!;
    for (let m = 0; m < j; m++) rest -= row[m]! ** 2 * diagonal[m]!;
    if (!(rest > 0)) return undefined;
    factor.push(row);
    diagonal.push(rest);
    logDeviations.push(0.5 * Math.log(rest));
    // The inverse of the factor, by rows: what of each earlier number predicts this one.
    const own = new Array<number>(j).fill(0);
    for (let k = j - 1; k >= 0; k--) {
      let sum = row[k]!;
      for (let m = k + 1; m < j; m++) sum -= own[m]! * factor[m]![k]!;
      own[k] = sum;
    }
    slopes.push(...own);
  }
  return { logDeviations, slopes };
}

/** The lower triangle of the covariance, row by row. */
export function covarianceOf({ logDeviations, slopes }: Innovations): number[] {
  const size = logDeviations.length;
  const covariance: number[] = [];
  const at = (j: number, k: number) => covariance[j >= k ? trianglePlace(j, k) : trianglePlace(k, j)]!;
  for (let j = 0; j < size; j++) {
    const own = slopes.slice((j * (j - 1)) / 2, (j * (j + 1)) / 2);
    const row = Array.from({ length: j }, (_, k) => own.reduce((sum, slope, m) => sum + slope * at(m, k), 0));
    const explained = own.reduce((sum, slope, k) => sum + slope * row[k]!, 0);
    covariance.push(...row, Math.exp(2 * logDeviations[j]!) + explained);
  }
  return covariance;
}

/**
 * Deviations, then correlations below the diagonal row by row: a covariance as one reads it.
 * @param covariance the lower triangle, row by row
 */
export function deviationsAndCorrelations(covariance: readonly number[]): number[] {
  const size = triangleRows(covariance.length);
  const deviations = Array.from({ length: size }, (_, j) => Math.sqrt(covariance[trianglePlace(j, j)]!));
  const correlations = deviations.flatMap((own, j) =>
    Array.from({ length: j }, (_, k) => covariance[trianglePlace(j, k)]! / (own * deviations[k]!)),
  );
  return [...deviations, ...correlations];
}

/** One vector of the normal law with these means and innovations. */
export function drawVector(
  means: ArrayLike<number>,
  { logDeviations, slopes }: Innovations,
  random: Stream,
): number[] {
  const errors: number[] = [];
  logDeviations.forEach((log, j) => {
    let error = Math.exp(log) * random.normal();
    for (let k = 0; k < j; k++) error += slopes[(j * (j - 1)) / 2 + k]! * errors[k]!;
    errors.push(error);
  });
  return errors.map((error, j) => means[j]! + error);
}
