import { count, duration, percent, table } from 'app-frame';
import { networkNames } from '../history.ts';
import type { ReportData } from './report-data.ts';

/** Both networks, a row each. */
export function comparison({ networks, history }: ReportData): string {
  const head = [
    'network',
    'test accuracy',
    'wrong',
    'test loss',
    'active parameters',
    'total parameters',
    'training time',
    'images / s',
  ];
  const rows = networkNames.map((name) => {
    const { label, activeParameters, totalParameters, evaluation } = networks[name];
    return [
      label,
      percent(evaluation.accuracy),
      count(evaluation.size - evaluation.right),
      evaluation.loss.toFixed(4),
      count(activeParameters),
      count(totalParameters),
      duration(history.seconds[name]),
      count(history.seen / history.seconds[name]),
    ];
  });
  return table(head, rows);
}
