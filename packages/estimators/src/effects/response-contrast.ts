import { normalCdf, normalQuantile } from '@tfjs-moe/numerics';
import type { ErrorKind } from '../inference/coefficients.ts';
import { isOfClasses } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type AveragedRows, averageResponse } from './average-response.ts';
import { expectRows } from './expect-rows.ts';
import { gradientDeviation } from './gradient-deviation.ts';

/** A sum of average responses, each times a factor. */
export interface ResponseContrast {
  readonly variable: string;
  readonly contrast: string;
  readonly parts: readonly ({ readonly factor: number } & Omit<AveragedRows, 'weights'>)[];
}

/** An effect on what is expected of the response, in its units, with its error. */
export interface AverageEffect {
  readonly variable: string;
  /** What is compared: `dY/dX`, `b - a` of two levels, or a level alone. */
  readonly contrast: string;
  /** Of a classification: the class whose probability it is, from 0. */
  readonly class?: number;
  readonly value: number;
  /** null where the data do not determine it. */
  readonly standardError: number | null;
  readonly zValue: number | null;
  /** Two-sided, of the hypothesis that it is 0. */
  readonly pValue: number | null;
  readonly interval: readonly [low: number, high: number] | null;
}

interface EffectOptions {
  readonly errors: ErrorKind;
  readonly level: number;
  readonly weights: ArrayLike<number> | undefined;
}

/** One effect; of classes one on each. */
export function effectOf(
  who: string,
  fit: MaximumLikelihoodFit,
  { variable, contrast, parts }: ResponseContrast,
  { errors, level, weights }: EffectOptions,
): AverageEffect[] {
  const gradients: Float64Array[] = [];
  const values: number[] = [];
  for (const { factor, inputs, offset } of parts) {
    const found = averageResponse(fit, expectRows(who, fit, { inputs, offset, weights }));
    found.values.forEach((value, c) => {
      values[c] = (values[c] ?? 0) + factor * value;
      const slopes = found.gradients[c]!;
      gradients[c] = slopes.map((slope, j) => (gradients[c]?.[j] ?? 0) + factor * slope);
    });
  }
  const reach = normalQuantile(0.5 + level / 2);
  return values.map((value, c) => {
    const standardError = gradientDeviation(fit, gradients[c]!, errors);
    const named = { variable, contrast, ...(isOfClasses(fit) && { class: c }), value, standardError };
    if (standardError === null) return { ...named, zValue: null, pValue: null, interval: null };
    const zValue = value / standardError;
    return {
      ...named,
      zValue,
      pValue: 2 * normalCdf(-Math.abs(zValue)),
      interval: [value - reach * standardError, value + reach * standardError],
    };
  });
}
