/**
 * What a run says in the terminal when it is over.
 */
import { count, expertName, percent, textTable } from 'app-frame';
import { DIGITS } from './batches.ts';
import { networkNames } from './history.ts';
import type { ReportData } from './report/report-data.ts';

/** How the two networks compare. */
export function networkTable({ networks }: ReportData): string {
  const head = ['', 'test accuracy', 'wrong', 'active parameters', 'all parameters'];
  const rows = networkNames.map((name) => {
    const { label, activeParameters, totalParameters, evaluation } = networks[name];
    const wrong = count(evaluation.size - evaluation.right);
    return [label, percent(evaluation.accuracy), wrong, count(activeParameters), count(totalParameters)];
  });
  return textTable([head, ...rows]);
}

/** What each expert does: its share of the work, and the share that it takes of each digit. */
export function expertTable({ experts }: ReportData): string {
  const digits = Array.from({ length: DIGITS }, (_, digit) => String(digit));
  const rows = experts.map(({ load, shareOfDigit }, expert) => [
    expertName(expert),
    percent(load, 1),
    ...shareOfDigit.map((share) => (share === 0 ? '.' : String(Math.round(100 * share)))),
  ]);
  return textTable([['', 'load', ...digits], ...rows]);
}
