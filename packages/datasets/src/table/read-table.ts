import { expectKnownOptions, expectOneOf, MoeError, mapNames } from '@tfjs-moe/core';
import { cellsOf } from './cells.ts';
import { expectNames, someOf } from './names.ts';
import { numberOf } from './number-of.ts';
import type { Table, TableColumn } from './table.ts';

/** How `readTable` reads. */
export interface ReadTableOptions {
  /** What stands between cells. Default: whichever of comma, semicolon, tab and bar is most frequent in the header. */
  readonly separator?: string;
  /** What stands before the decimals: a point or a comma. Default `'.'`. */
  readonly decimal?: '.' | ',';
  /** Cells that mean nothing was observed. Default: empty, `NA`, `N/A`, `NaN`, `nan`, `null`, and
   * Stata's point. */
  readonly missing?: readonly string[];
  /** What columns must be, by name; the others are as their cells say. */
  readonly types?: Readonly<Record<string, 'number' | 'text'>>;
}

const who = 'readTable';

/**
 * Reads a table from CSV text: quoted cells with separators, quotes and line breaks inside, lines that end in any way, a
 * byte order mark.
 *
 * The first row names the columns; a column without a name is called by its place, `column 1`, as R writes the names of
 * rows. A column is of numbers where all its cells are numbers or missing, else of text. Rows are counted from 1 in
 * errors, without the header and empty lines, as R counts them. The time is proportional to the length of the text.
 *
 * @throws MoeError that names row and column, if the text is not a table or a column not of its type
 */
export function readTable(text: string, options: ReadTableOptions = {}): Table {
  expectKnownOptions(who, options, ['separator', 'decimal', 'missing', 'types']);
  if (typeof text !== 'string') throw new MoeError(who, 'the table must be a text', typeof text);
  const { separator, types = {} } = options;
  if (separator !== undefined && !(typeof separator === 'string' && /^[^"\r\n\uFEFF]+$/.test(separator))) {
    throw new MoeError(who, 'separator must be a text without quotes and line breaks', separator);
  }
  const decimal = expectOneOf(who, 'decimal', options.decimal ?? '.', ['.', ',']);
  const missing = new Set(
    expectNames(who, 'missing', options.missing ?? ['', 'NA', 'N/A', 'NaN', 'nan', 'null', '.']),
  );
  const [header, ...rows] = cellsOf(who, text, separator);
  const names = namesOf(header);
  expectWidth(rows, names);
  expectTypes(types, names);

  function columnAt(place: number, name: string): TableColumn {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    const cells = rows.map((row) => {
      const cell = row[place]!.trim();
      return missing.has(cell) ? null : cell;
    });
    if (type === 'text') return { name, kind: 'text', values: cells };
    const values = cells.map((cell) => (cell === null ? Number.NaN : numberOf(cell, decimal)));
    const bad = values.indexOf(undefined);
    if (bad < 0) return { name, kind: 'number', values: values as number[] };
    if (type === undefined) return { name, kind: 'text', values: cells };
    throw new MoeError(who, `row ${bad + 1} of column "${name}" must be a number`, cells[bad]);
  }
  return { size: rows.length, columns: names.map((name, place) => columnAt(place, name)) };
}

function namesOf(header: readonly string[] | undefined): string[] {
  if (header === undefined) throw new MoeError(who, 'the first row must name the columns; the text is empty');
  const names = header.map((name, place) => name.trim() || `column ${place + 1}`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new MoeError(who, 'every column must have a name of its own', name);
    seen.add(name);
  }
  return names;
}

function expectWidth(rows: readonly (readonly string[])[], names: readonly string[]): void {
  if (rows.length === 0) throw new MoeError(who, 'there must be at least one row below the header', 0);
  const bad = rows.findIndex((row) => row.length !== names.length);
  if (bad < 0) return;
  throw new MoeError(
    who,
    `row ${bad + 1} must have ${names.length} cells (${someOf(names)})`,
    rows[bad]?.length,
  );
}

function expectTypes(types: Readonly<Record<string, 'number' | 'text'>>, names: readonly string[]): void {
  if (typeof types !== 'object' || types === null || Array.isArray(types)) {
    throw new MoeError(who, "types must say 'number' or 'text' by name of the column", types);
  }
  const known = new Set(names);
  mapNames(types, (type, name) => {
    expectOneOf(who, `types.${name}`, type, ['number', 'text']);
    if (!known.has(name)) {
      throw new MoeError(who, `types must name columns; there are ${someOf(names)}`, name);
    }
  });
}
