import { resolve } from 'node:path';
import { replaceFile } from '@tfjs-moe/command-line';
import { fitToJSON, type LeastSquaresFit, type MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { measureToJSON } from '@tfjs-moe/measures';
import type { FitSample } from '../fit/fit-sample.ts';
import type { ModelOptions } from '../fit/model-options.ts';
import { fitNumbers } from './fit-numbers.ts';

/** Writes what `--save` names: the fit, and how it read its table, so that nothing is drawn or predicted without. */
export function writeSavedFit(
  written: string,
  fit: MaximumLikelihoodFit | LeastSquaresFit,
  sample: FitSample,
  {
    who,
    offset,
    trials,
    group,
    decimal,
  }: Pick<ModelOptions, 'who' | 'offset' | 'trials' | 'group' | 'decimal'>,
): void {
  const { terms, responseName, moreResponses, classNames } = sample;
  const columns = {
    ...(offset !== undefined && { offset }),
    ...(trials !== undefined && { trials }),
    ...(group !== undefined && { group }),
  };
  const saved = {
    ...('estimator' in fit ? fitToJSON(fit) : measureToJSON(fit.measure)),
    ...(Object.keys(columns).length > 0 && { columns }),
    ...(decimal === ',' && { decimal }),
    response: responseName,
    ...(moreResponses && { moreResponses: moreResponses.map(({ name }) => name) }),
    ...(classNames && { classes: classNames }),
    ...(terms && { terms }),
    fit: fitNumbers(fit, sample),
  };
  const content = `${JSON.stringify(saved, null, 2)}\n`;
  replaceFile(who, { path: resolve(written), written, content }, { what: '--save' });
}
