import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { getFamily } from '@tfjs-moe/measures';
import { rates } from '@tfjs-moe/theory';

/**
 * A fit whose warning of singular information says what theory knows of it: under some gates experts of some kinds are not
 * identifiable where more are fitted than there are, and a counterexample shows it.
 */
export function withSurplusExperts(fit: MaximumLikelihoodFit): MaximumLikelihoodFit {
  const { gate, expert, experts } = fit.measure;
  if (experts === 1 || getFamily(fit.family).isLeastSquares !== true) return fit;
  const known = rates({ gate, expert, overSpecified: true }).rates.find(
    ({ quantity }) => quantity === 'over-fitted atoms',
  );
  if (known?.counterexample === undefined) return fit;
  const more = `; of this gate with such experts surplus experts are not identifiable (${known.source}; counterexample ${known.counterexample}): try fewer`;
  return {
    ...fit,
    warnings: fit.warnings.map((warning) =>
      warning.reason === 'singular information' ? { ...warning, text: warning.text + more } : warning,
    ),
  };
}
