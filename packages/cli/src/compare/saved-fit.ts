import { familyName, gaussian, type MixingMeasure } from '@tfjs-moe/measures';
import { expectFitNumbers, type FitNumbers } from '../saved/fit-numbers.ts';
import { readSavedFit } from '../saved/read-saved-fit.ts';

/** One of the fits that are compared. */
export interface ComparedFit {
  /** As written. */
  readonly file: string;
  readonly measure: MixingMeasure;
  readonly family: string;
  /** Whether the likelihood is of probabilities, not of densities. */
  readonly isDiscrete: boolean;
  readonly response: string | undefined;
  /** Nothing in a file of an earlier version. */
  readonly numbers: FitNumbers | undefined;
}

export function readComparedFit(who: string, file: string): ComparedFit {
  const { measure, response, classes, fit } = readSavedFit(who, file);
  const family = measure.family ?? gaussian();
  const isClass = measure.family === undefined && classes !== undefined;
  return {
    file,
    measure,
    family: isClass ? 'multinomial' : familyName(family),
    isDiscrete: isClass || family.isDiscrete,
    response,
    numbers: expectFitNumbers(who, fit, file),
  };
}
