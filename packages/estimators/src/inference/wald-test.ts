import { expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { incompleteGamma } from '@tfjs-moe/numerics';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { linearCombinations } from '../linear-combinations.ts';
import type { ErrorKind } from './coefficients.ts';
import { combinationCovariance } from './combination-covariance.ts';
import { type Contrast, contrastsOf } from './contrasts.ts';

/** What `waldTest` says of hypotheses that hold together. */
export interface WaldTest {
  /** Each hypothesis with how far the estimates are from it. */
  readonly hypotheses: readonly Contrast[];
  /** $W$. */
  readonly statistic: number;
  /** Hypotheses that do not follow from others. */
  readonly degreesOfFreedom: number;
  /** Of the chi-squared law. */
  readonly pValue: number;
}

/**
 * waldTest: whether linear hypotheses hold together, $W = (R\hat\theta - r)^\top (R V R^\top)^{-1} (R\hat\theta - r)$
 * against the chi-squared law with as many degrees of freedom as R has independent rows (Wald, 1943). Stata: `test`;
 * R: `car::linearHypothesis`.
 *
 * For numbers of experts and gates that are there. Whether there is one expert less it cannot say, since the parameters of
 * that expert are not identified then: take `testExperts`.
 *
 * @param written equations of names as the tables have them: `'expert 1: x1 = expert 2: x1'`. `'expert: x1 = 0'` stands for
 * every expert, `'gate: x1 = 0'` for every contrast of the gate, `'x1 = 0'` for all of both. Without = it is that of 0.
 * @throws MoeError for names that are none, combinations that the data do not determine, and hypotheses that contradict
 * each other
 */
export function waldTest(
  fit: MaximumLikelihoodFit,
  written: string | readonly string[],
  options: { readonly errors?: ErrorKind } = {},
): WaldTest {
  const who = 'waldTest';
  expectFit(who, fit);
  expectKnownOptions(who, options, ['errors']);
  const errors = expectOneOf(who, 'errors', options.errors ?? 'observed', ['observed', 'sandwich']);
  const rows = [written].flat().flatMap((each) => linearCombinations(who, fit.estimates, each as string));
  if (rows.length === 0) throw new MoeError(who, 'written must have a hypothesis', written);
  const hypotheses = contrastsOf(who, fit, rows, { errors, level: 0.95 });
  const covariance = combinationCovariance(who, fit, rows, errors);
  const values = hypotheses.map(({ value }) => value);
  const { square, rank } = quadraticForm(who, covariance, values);
  return {
    hypotheses,
    statistic: square,
    degreesOfFreedom: rank,
    pValue: incompleteGamma(rank / 2, square / 2)[1],
  };
}

/** Part of a variance below which what is left of it, after others were taken away, is rounding. */
const FOLLOWS = 1e-10;
/** Standard errors that a hypothesis may be away from what others say of it. */
const AGREES = 1e-4;

/** $v^\top C^{-1} v$ on the rows that are independent, by Cholesky with the largest pivot first. */
function quadraticForm(who: string, covariance: readonly number[][], values: readonly number[]) {
  const deviations = covariance.map((row, i) => Math.sqrt(row[i]!));
  const left = covariance.map((row, i) => row.map((value, j) => value / deviations[i]! / deviations[j]!));
  const rest = values.map((value, i) => value / deviations[i]!);
  const open = new Set(values.keys());
  let square = 0;
  let rank = 0;
  while (open.size > 0) {
    const pivot = [...open].reduce((a, b) => (left[b]![b]! > left[a]![a]! ? b : a));
    const variance = left[pivot]![pivot]!;
    if (!(variance > FOLLOWS)) break;
    open.delete(pivot);
    rank++;
    square += rest[pivot]! ** 2 / variance;
    for (const i of open) {
      const share = left[i]![pivot]! / variance;
      for (const j of open) left[i]![j]! -= share * left[pivot]![j]!;
      rest[i]! -= share * rest[pivot]!;
    }
  }
  for (const i of open) {
    if (Math.abs(rest[i]!) > AGREES * Math.max(1, Math.abs(values[i]! / deviations[i]!)))
      throw new MoeError(who, 'the hypotheses must not contradict each other', i + 1);
  }
  return { square, rank };
}
