/** Tables as CSV, as this command reads them. */
import { resolve } from 'node:path';
import { replaceFile, type Terminal } from '@tfjs-moe/command-line';

type Cell = string | number | null;

/** Rows that are one text. */
const PART = 10_000;

/** The table, in parts. Numbers are written so that reading gives them back exactly. */
export function* csvOf(
  names: readonly string[],
  rows: number,
  cellsOf: (row: number) => readonly Cell[],
): Iterable<string> {
  yield `${names.map(quoted).join(',')}\n`;
  for (let first = 0; first < rows; first += PART) {
    const count = Math.min(PART, rows - first);
    yield Array.from(
      { length: count },
      (_, i) =>
        `${cellsOf(first + i)
          .map(written)
          .join(',')}\n`,
    ).join('');
  }
}

function written(cell: Cell): string | number {
  return typeof cell === 'string' ? quoted(cell) : (cell ?? '');
}

/** A name as a cell: in quotes where it would be taken apart. */
function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** Writes a table to the file that `--out` names, or to standard output. */
export function writeCsv(
  who: string,
  csv: Iterable<string>,
  out: string | undefined,
  { output }: Terminal,
): void {
  if (out !== undefined) {
    replaceFile(who, { path: resolve(out), written: out, content: csv }, { what: '--out' });
    return;
  }
  for (const part of csv) output.write(part);
}
