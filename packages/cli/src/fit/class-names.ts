/**
 * A fit of classes with their names instead of their numbers: `Adelie: (Intercept)` for `class 0: (Intercept)`.
 */
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';

export function withClassNames(
  fit: MaximumLikelihoodFit,
  classNames: readonly string[] | undefined,
): MaximumLikelihoodFit {
  if (classNames === undefined) return fit;
  const named = (text: string) =>
    text.replace(/\bclass (\d+): /g, (_, number: string) => `${classNames[Number(number)]}: `);
  return {
    ...fit,
    estimates: fit.estimates.map((estimate) => ({ ...estimate, name: named(estimate.name) })),
    warnings: fit.warnings.map((warning) => ({ ...warning, text: named(warning.text) })),
  };
}
