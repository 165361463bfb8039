import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { getFamily, isSameFamily } from '@tfjs-moe/measures';
import { type DensityIdentifiability, densityIdentifiability, rates } from '@tfjs-moe/theory';

/** Sizes up to which a fit is judged: a second or so. */
const MOST_INPUTS = 3;
const MOST_EXPERTS = 4;
/** Million operations, about as many milliseconds. */
const BUDGET = 2000;

/**
 * A fit whose warning of singular information says what theory knows of the model that was fitted: of its conditional
 * density, with the law and the variances that it has. Larger fits, and those with a zero expert, with rows in
 * groups or with coefficients that are tied, are left as they are.
 */
export function withSurplusExperts(fit: MaximumLikelihoodFit): MaximumLikelihoodFit {
  if (!fit.warnings.some(({ reason }) => reason === 'singular information')) return fit;
  const more = explained(fit);
  if (more === undefined) return fit;
  return {
    ...fit,
    warnings: fit.warnings.map((warning) =>
      warning.reason === 'singular information' ? { ...warning, text: `${warning.text}; ${more}` } : warning,
    ),
  };
}

function explained(fit: MaximumLikelihoodFit): string | undefined {
  const { gate, expert, experts, inputDim, units = 1 } = fit.measure;
  const isOther = fit.zeroExpert === true || [fit.groups, fit.structure].some(Boolean);
  if (experts === 1 || experts > MOST_EXPERTS || inputDim > MOST_INPUTS || isOther) return undefined;
  const family = getFamily(fit.family);
  const model = {
    family,
    ...(family.dispersion && { variances: fit.variances }),
    ...(family.isClass && { classes: units }),
  };
  const shape = { gate, expert, inputDim, experts, model };
  // Experts of one family are alike.
  const atoms = family.families?.flatMap((own, e, all) =>
    all.findIndex((other) => isSameFamily(own, other)) === e ? [e] : [],
  ) ?? [0];
  let found: DensityIdentifiability;
  try {
    found = worst(
      atoms.map((atom) => densityIdentifiability({ ...shape, overSpecified: [atom], budget: BUDGET })),
    );
  } catch (error) {
    if (error instanceof MoeError) return undefined;
    throw error;
  }
  const { firstOrder, secondOrder } = found;
  // More trials may tell apart what one does not.
  const isDecided = family.hasTrials !== true;
  if (firstOrder.verdict === 'dependent' && isDecided)
    return `in this density parameters change together without a trace: ${firstOrder.relations[0]!.text}`;
  if (firstOrder.verdict !== 'independent') return undefined;
  if (secondOrder.verdict === 'dependent' && isDecided) {
    const known = rates({ gate, expert, model }).rates.find(
      ({ quantity }) => quantity === 'over-fitted atoms',
    );
    const rate = known?.status === 'proved in the paper' ? `, at ${known.rate} (${known.source})` : '';
    return `surplus experts of this density are estimated more slowly than n^(-1/4)${rate}, for ${secondOrder.direction.text}: try fewer`;
  }
  if (secondOrder.verdict !== 'independent') return undefined;
  return 'experts of this density are told apart where there are as many as are fitted; surplus ones are not, and are estimated at n^(-1/4): try fewer';
}

/** The answer about the atom that is told apart least where it is over-fitted. */
function worst(answers: readonly DensityIdentifiability[]): DensityIdentifiability {
  return badness.flatMap((bad) => answers.find(({ secondOrder }) => secondOrder.verdict === bad) ?? [])[0]!;
}

const badness = ['dependent', 'inconclusive', 'independent'] as const;
