import { covarianceOf, type Innovations, trianglePlace } from '@tfjs-moe/measures';

/**
 * How deviations and correlations move with the innovations of a covariance: [what is said][innovations], each in the order of
 * `deviationsAndCorrelations`, with the deviations' logarithms and the slopes row by row.
 */
export function covarianceSlopes(innovations: Innovations): number[][] {
  const { logDeviations, slopes } = innovations;
  const q = logDeviations.length;
  const all = Array.from({ length: q }, (_, j) => j);
  const covariance = covarianceOf(innovations);
  const at = (j: number, k: number) => covariance[j >= k ? trianglePlace(j, k) : trianglePlace(k, j)]!;
  const pairs = all.flatMap((j) => all.slice(0, j).map((k) => [j, k] as const));
  /** What one unit more of each innovation comes to in the responses: the inverse factor, by rows. */
  const effects: number[][] = [];
  for (const j of all) {
    const own = all.map((m) => Number(m === j));
    for (let k = 0; k < j; k++)
      for (const m of all) own[m] = own[m]! + slopes[(j * (j - 1)) / 2 + k]! * effects[k]![m]!;
    effects.push(own);
  }
  const moves = [
    ...logDeviations.map((log, m) => (j: number, k: number) => {
      return 2 * Math.exp(2 * log) * effects[j]![m]! * effects[k]![m]!;
    }),
    ...pairs.map(
      ([m, n]) =>
        (j: number, k: number) =>
          effects[j]![m]! * at(n, k) + effects[k]![m]! * at(n, j),
    ),
  ];
  const deviations = all.map((j) => Math.sqrt(at(j, j)));
  const byDeviation = all.map((j) => moves.map((move) => move(j, j) / (2 * deviations[j]!)));
  const byCorrelation = pairs.map(([j, k]) => {
    const [a, b] = [deviations[j]!, deviations[k]!];
    const correlation = at(j, k) / (a * b);
    return moves.map(
      (move, s) => move(j, k) / (a * b) - correlation * (byDeviation[j]![s]! / a + byDeviation[k]![s]! / b),
    );
  });
  return [...byDeviation, ...byCorrelation];
}
