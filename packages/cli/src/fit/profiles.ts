/** What `--profile` asks of a fit: intervals by the likelihood ratio, semicolons between numbers. */
import { escapeHtml } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { type MaximumLikelihoodFit, profileIntervals, type Sample } from '@tfjs-moe/estimators';
import { htmlTable } from '../report/html-table.ts';
import { intervalHeadings, number } from '../report/number-words.ts';
import { textTable } from '../report/text-table.ts';

/** One interval; `refused` says why there is none, since a word that no table has is known only when the tables are. */
export interface ProfileResult {
  readonly profile: string;
  readonly value?: number;
  /** null where the likelihood never falls so far: the interval has no end. */
  readonly low?: number | null;
  readonly high?: number | null;
  readonly refused?: string;
}

export function profileResults(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  written: string,
  level: number,
): ProfileResult[] {
  return answersOf(written, (profile) =>
    profileIntervals(fit, sample, profile, { level }).map(({ text, value, interval }) => {
      const [low, high] = interval.map((end) => (Number.isFinite(end) ? end : null));
      return { profile: text, value, low: low!, high: high! };
    }),
  );
}

/** What is asked of each of some names, or why it is refused. */
export function answersOf<Result extends object>(
  written: string,
  answer: (profile: string) => Result[],
): (Result | { readonly profile: string; readonly refused: string })[] {
  const names = written
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return names.flatMap((profile): (Result | { readonly profile: string; readonly refused: string })[] => {
    try {
      return answer(profile);
    } catch (error) {
      if (!(error instanceof MoeError)) throw error;
      const refused = error.message
        .replace('[tfjs-moe] profileIntervals', '--profile')
        .replace('[tfjs-moe] profileCurves', '--profile-curve');
      return [{ profile, refused }];
    }
  });
}

/** The heading and a row for every interval that there is. */
function tableOf(results: readonly ProfileResult[], level: number): string[][] {
  const rows = results.flatMap(({ profile, value, low, high }) =>
    value === undefined
      ? []
      : [[profile, number(value), low == null ? '-Inf' : number(low), high == null ? 'Inf' : number(high)]],
  );
  return [['', 'Estimate', ...intervalHeadings(level)], ...rows];
}

/** The same on a page. */
export function profileHtml(results: readonly ProfileResult[], level: number): string {
  const [head, ...rows] = tableOf(results, level);
  const refused = results.flatMap(({ profile, refused: why }) =>
    why === undefined ? [] : [`<p>${escapeHtml(`${profile}: ${why}`)}</p>`],
  );
  return [...(rows.length === 0 ? [] : [htmlTable(head!, rows)]), ...refused].join('\n');
}

export function profileText(results: readonly ProfileResult[], level: number): string {
  const [head, ...rows] = tableOf(results, level);
  const refused = results.flatMap(({ profile, refused: why }) =>
    why === undefined ? [] : [`${profile}\n  ${why}`],
  );
  const table = rows.length === 0 ? [] : [textTable([head!, ...rows])];
  return ['Profile likelihood intervals', ...table, ...refused].join('\n\n');
}
