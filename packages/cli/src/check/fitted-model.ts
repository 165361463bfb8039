import { MoeError } from '@tfjs-moe/core';
import { type Determination, determination } from '@tfjs-moe/estimators';
import { getFamily } from '@tfjs-moe/measures';
import type { DensityModel, ReportSpec, Restriction } from '@tfjs-moe/theory';
import { readSavedReport } from '../saved/read-saved-report.ts';
import type { SavedFit } from '../saved/table-rows.ts';
import { fittedRestriction } from './fitted-restriction.ts';

/** A saved fit as a question of theory, and how well its data determine it. */
export interface FittedModel {
  readonly subject: ReportSpec;
  readonly model: DensityModel;
  /** What held between the coefficients. */
  readonly restriction: Pick<Restriction, 'known' | 'tied'>;
  readonly practice: Determination;
  readonly saved: SavedFit;
}

/**
 * The model that was fitted, from a file of `moe fit --save`.
 * @param trials of a binomial law
 * @throws MoeError for fits whose density is none of the gate and the expert alone
 */
export function fittedModel(who: string, file: string, trials: number | undefined): FittedModel {
  const { fit, saved } = readSavedReport(who, file);
  const { gate, expert, inputDim, experts, units = 1 } = fit.measure;
  if (fit.zeroExpert === true || fit.groups !== undefined)
    throw new MoeError(who, 'a fit with a zero expert or groups cannot be judged', file);
  if (fit.responseNames !== undefined)
    throw new MoeError(who, 'a fit of several responses cannot be judged', fit.responseNames);
  const family = getFamily(fit.family);
  if (family.isClass === true && fit.structure !== undefined)
    throw new MoeError(who, 'a fit of classes with coefficients that hold cannot be judged', file);
  const { known, tied, hasOneDispersion } = fittedRestriction(who, fit);
  if (saved.columns?.trials !== undefined && trials === undefined)
    throw new MoeError(who, 'the fit has trials: say with --trials how many a row has', saved.columns.trials);
  return {
    subject: { gate, expert, inputDim, experts },
    model: {
      family,
      ...(family.dispersion && { variances: hasOneDispersion ? 'common' : fit.variances }),
      ...(family.isClass && { classes: units }),
      ...(family.hasTrials && trials !== undefined && { trials }),
    },
    restriction: { known, tied },
    practice: determination(fit),
    saved,
  };
}
