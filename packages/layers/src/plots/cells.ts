import { cell, type Markish, type PlotOptions, text } from '@observablehq/plot';
import { CELL, frame, ticksOf } from './frame.ts';

/** A table as a picture: every number as the strength of a cell. */
export interface Cells {
  readonly rows: readonly (string | number)[];
  readonly columns: number;
  /** From 0 up; null where there is nothing to say. */
  readonly value: (row: number, column: number) => number | null;
  readonly x: string;
  readonly y: string;
  /** Whether numbers are written into the cells. */
  readonly written?: boolean;
  /** Marks on top. */
  readonly marks?: readonly Markish[];
}

/** The picture of a table; rows are named by position, so that two of one name stay two. */
export function cellsPlot({ rows, columns, value, x, y, written, marks = [] }: Cells): PlotOptions {
  const all = rows.flatMap((_, row) =>
    Array.from({ length: columns }, (_, column) => ({ row, column, value: value(row, column) })),
  );
  const known = all.filter((each): each is typeof each & { value: number } => each.value !== null);
  const most = known.reduce((largest, each) => Math.max(largest, each.value), 0) || 1;
  const height = Math.min(28, Math.max(4, 560 / rows.length));
  const longest = Math.max(...rows.map((row) => `${row}`.length), 1);
  const small = rows.length * columns <= 150 && columns <= 12;
  return frame({
    height: Math.round(height * rows.length) + 70,
    marginLeft: Math.min(160, 34 + 7.5 * longest),
    x: {
      type: 'band',
      domain: indices(columns),
      label: x,
      ticks: ticksOf(columns, 16),
      padding: 0.04,
      tickSize: 0,
    },
    y: {
      type: 'band',
      domain: indices(rows.length),
      label: y,
      ticks: ticksOf(rows.length, 30),
      tickFormat: (row: number) => `${rows[row]}`,
      padding: height > 8 ? 0.04 : 0,
      tickSize: 0,
    },
    marks: [
      cell(known, {
        x: 'column',
        y: 'row',
        fill: CELL,
        fillOpacity: { value: (each: { value: number }) => 0.04 + (0.9 * each.value) / most, scale: null },
        title: (each: { row: number; column: number; value: number }) =>
          `${y} ${rows[each.row]}, ${x} ${each.column}: ${short(each.value)}`,
      } as never),
      ...(written !== false && small
        ? [
            text(
              known.filter((each) => each.value > 0),
              {
                x: 'column',
                y: 'row',
                text: (each: { value: number }) => short(each.value),
                fill: 'currentColor',
                fontSize: 11,
              },
            ),
          ]
        : []),
      ...marks,
    ],
  });
}

function indices(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Two digits, and no zero before the point. */
function short(value: number): string {
  return value >= 0.995 ? value.toFixed(1) : value.toFixed(2).replace(/^0/, '');
}
