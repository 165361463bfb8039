/** What `--profile-curve` asks of a fit: the likelihood along numbers, semicolons between them. */
import {
  type MaximumLikelihoodFit,
  type ProfilePoint,
  profileCurves,
  type Sample,
} from '@tfjs-moe/estimators';
import { number } from '../report/number-words.ts';
import { textTable } from '../report/text-table.ts';
import { answersOf } from './profiles.ts';

/** One curve, or why there is none. */
export type ProfileCurveResult =
  | { readonly profile: string; readonly value: number; readonly points: readonly ProfilePoint[] }
  | { readonly profile: string; readonly refused: string };

export function profileCurveResults(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  written: string,
): ProfileCurveResult[] {
  return answersOf(written, (profile) =>
    profileCurves(fit, sample, profile).map(({ text, ...curve }) => ({ profile: text, ...curve })),
  );
}

export function profileCurveText(results: readonly ProfileCurveResult[]): string {
  const parts = results.map((result) => {
    if ('refused' in result) return `${result.profile}\n  ${result.refused}`;
    const rows = result.points.map(({ value, logLikelihood, signedRoot, waldRoot }) => [
      '',
      number(value),
      number(logLikelihood),
      signedRoot.toFixed(4),
      waldRoot.toFixed(4),
    ]);
    return textTable([[result.profile, 'Value', 'logLik', 'Signed root', 'Wald'], ...rows]);
  });
  return ['Profiles of the likelihood', ...parts].join('\n\n');
}
