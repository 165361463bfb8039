/** A table of rows for people. */
import type { Machine } from './machine.ts';
import type { Row, Subject } from './subject.ts';

export function printTable({ name, about }: Subject, rows: readonly Row[], on: Machine): string {
  const ratioNames = [...new Set(rows.flatMap(({ ratios }) => Object.keys(ratios)))];
  const more = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (key) => !['case', 'mode', 'ratios', 'spread'].includes(key),
  );
  const header = ['case', 'mode', ...ratioNames, ...more];
  const body = rows.map((row) => [
    row.case,
    row.mode,
    ...ratioNames.map((ratio) => shownRatio(row.ratios[ratio], row.spread[ratio])),
    ...more.map((key) => shown(row[key])),
  ]);
  const widths = header.map((title, i) =>
    Math.max(title.length, ...body.map((cells) => (cells[i] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [
    `${name}: ${about}.`,
    `${on.cpu}, ${on.cores} cores, ${on.platform}; Node ${on.node} (V8 ${on.v8}), tfjs ${on.tfjs}.`,
    '',
    line(header),
    line(widths.map((width) => '-'.repeat(width))),
    ...body.map(line),
  ].join('\n');
}

function shownRatio(ratio: number | undefined, spread: readonly [number, number] | undefined): string {
  if (ratio === undefined || Number.isNaN(ratio)) return '-';
  const digits = ratio < 0.2 ? 3 : 2;
  const [low, high] = spread ?? [ratio, ratio];
  return `${ratio.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
}

function shown(value: unknown): string {
  if (typeof value !== 'number') return value === undefined ? '-' : String(value);
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
