import { deviationsAndCorrelations, innovationsOf, triangleSize } from '@tfjs-moe/measures';
import { type Columns, responsesOf } from '../../../sample.ts';
import type { MaximumLikelihoodFit } from '../fit.ts';
import { covarianceSlopes } from './covariance-slopes.ts';

type Table = readonly (readonly number[])[];

/**
 * A fit of several responses with its covariances as one reads them, deviations and correlations in place of innovations, and
 * the covariances of the estimates with them (the delta method).
 */
export function withCovariances(data: Columns, fit: MaximumLikelihoodFit): MaximumLikelihoodFit {
  const { measure, estimates, estimated, covariances, undetermined } = fit;
  const names = responsesOf(data).map(({ name }) => name);
  const size = triangleSize(names.length);
  const first = estimates.findIndex(({ part }) => part === 'noise');
  const said = measure.covariances!.flatMap(deviationsAndCorrelations);
  const slopes = measure.covariances!.map((each) => covarianceSlopes(innovationsOf(each)!));
  /** How estimate i moves with what stood in place of estimate j. */
  const slope = (i: number, j: number) => {
    const [own, other] = [i - first, j - first];
    if (own < 0 || other < 0) return Number(i === j);
    const copy = Math.floor(own / size);
    return copy === Math.floor(other / size) ? slopes[copy]![own % size]![other % size]! : 0;
  };
  const all = estimates.map((_, i) => i);
  const tables = (
    { observed, sandwich }: { readonly observed: Table; readonly sandwich: Table },
    of: readonly number[],
  ) => ({
    observed: moved(observed, of, slope),
    sandwich: moved(sandwich, of, slope),
  });
  return {
    ...fit,
    estimates: estimates.map((estimate, i) =>
      i < first ? estimate : { ...estimate, value: said[i - first]! },
    ),
    covariances: tables(covariances, estimated),
    ...(undetermined !== undefined && {
      undetermined: { ...undetermined, covariances: tables(undetermined.covariances, all) },
    }),
    responseName: `cbind(${names.join(', ')})`,
    responseNames: names,
  };
}

/** $S C S^\top$. */
function moved(table: Table, of: readonly number[], slope: (i: number, j: number) => number): number[][] {
  const half = of.map((i) =>
    of.map((_, b) => of.reduce((sum, j, a) => sum + slope(i, j) * table[a]![b]!, 0)),
  );
  return half.map((row) => of.map((i) => of.reduce((sum, j, b) => sum + row[b]! * slope(i, j), 0)));
}
