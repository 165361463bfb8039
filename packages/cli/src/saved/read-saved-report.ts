import { MoeError } from '@tfjs-moe/core';
import { fitFromJSON, type MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { measureToJSON } from '@tfjs-moe/measures';
import { readSavedFit } from './read-saved-fit.ts';
import type { SavedFit } from './table-rows.ts';

/** A fit by maximum likelihood that was saved, with everything that was known of it. */
export interface SavedReport {
  readonly fit: MaximumLikelihoodFit;
  readonly saved: SavedFit;
}

/**
 * Reads a file of `moe fit --save`, covariances and warnings included.
 * @throws MoeError where it is none, of an earlier version or of least squares
 */
export function readSavedReport(who: string, file: string): SavedReport {
  const { measure, report, ...saved } = readSavedFit(who, file);
  if (report === undefined)
    throw new MoeError(
      who,
      'the fit must have its standard errors, which fits by least squares and files of earlier versions lack',
      file,
    );
  return { fit: fitFromJSON({ ...measureToJSON(measure), report }), saved };
}
