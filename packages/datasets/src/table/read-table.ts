import { expectKnownOptions, expectOneOf, MoeError, mapNames } from '@tfjs-moe/core';
import Papa from 'papaparse';
import type { Table, TableColumn } from './table.ts';

/** How `readTable` reads a text: separator, decimal mark, and what marks a missing cell. */
export interface ReadTableOptions {
  /** What stands between cells. Default: whichever of comma, semicolon, tab and bar is most frequent in the header. */
  readonly separator?: string;
  /** What stands before the decimals: a point or a comma. Default `'.'`. */
  readonly decimal?: '.' | ',';
  /** Cells that mean nothing was observed. Default: empty, `NA`, `N/A`, `NaN`, `nan`, `null`. */
  readonly missing?: readonly string[];
  /** What columns must be, by name; the others are as their cells say. */
  readonly types?: Readonly<Record<string, 'number' | 'text'>>;
}

const who = 'readTable';

/**
 * Reads a table from CSV text, as RFC 4180 and the programs that write it have it: quoted cells with separators, quotes
 * and line breaks inside, either kind of line end, a byte order mark.
 *
 * The first row names the columns. A column is of numbers where all its cells are numbers or missing, else of text. Rows
 * are counted from 1 in errors, without the header and empty lines, as R counts them.
 *
 * @throws MoeError that names row and column, if the text is not a table or a column not of its type
 */
export function readTable(text: string, options: ReadTableOptions = {}): Table {
  expectKnownOptions(who, options, ['separator', 'decimal', 'missing', 'types']);
  if (typeof text !== 'string') throw new MoeError(who, 'the table must be a text', typeof text);
  const { separator } = options;
  if (separator !== undefined && !/^[^"\r\n\uFEFF]+$/.test(separator)) {
    throw new MoeError(who, 'separator must be a text without quotes and line breaks', separator);
  }
  const decimal = expectOneOf(who, 'decimal', options.decimal ?? '.', ['.', ',']);
  const missing = new Set(options.missing ?? ['', 'NA', 'N/A', 'NaN', 'nan', 'null']);
  const [header, ...rows] = cellsOf(text, separator);
  const names = namesOf(header);
  expectWidth(rows, names);
  const types = options.types ?? {};
  mapNames(types, (type, name) => {
    expectOneOf(who, `types.${name}`, type, ['number', 'text']);
    if (!names.includes(name)) {
      throw new MoeError(who, `types must name columns; there are ${names.join(', ')}`, name);
    }
  });

  function columnAt(place: number, name: string): TableColumn {
    const cells = rows.map((row) => {
      const cell = (row[place] as string).trim();
      return missing.has(cell) ? null : cell;
    });
    if (types[name] === 'text') return { name, kind: 'text', values: cells };
    const values = cells.map((cell) => (cell === null ? Number.NaN : numberOf(cell, decimal)));
    const bad = values.indexOf(undefined);
    if (bad < 0) return { name, kind: 'number', values: values as number[] };
    if (types[name] === undefined) return { name, kind: 'text', values: cells };
    throw new MoeError(who, `row ${bad + 1} of column "${name}" must be a number`, cells[bad]);
  }
  return { size: rows.length, columns: names.map((name, place) => columnAt(place, name)) };
}

/** The cells of the rows that are not empty. */
function cellsOf(text: string, separator: string | undefined): string[][] {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: separator ?? frequentSeparator(text) });
  const isEmpty = (row: string[]) => row.length === 1 && (row[0] as string).trim() === '';
  const broken = errors.find(({ type }) => type === 'Quotes');
  if (broken !== undefined) {
    const row = data.slice(0, broken.row).filter((cells) => !isEmpty(cells)).length;
    const where = row === 0 ? 'the header' : `row ${row}`;
    const what =
      broken.code === 'MissingQuotes'
        ? 'has a quoted cell that does not end'
        : 'has a quoted cell that goes on after its closing quote';
    throw new MoeError(who, `${where} ${what}`, data[broken.row ?? 0]?.at(-1));
  }
  return data.filter((row) => !isEmpty(row));
}

const LONGEST_HEADER = 65_536;

// The library's own guess needs more rows than a small table has.
function frequentSeparator(text: string): string {
  const [header = ''] = text
    .slice(0, LONGEST_HEADER)
    .replaceAll(/"[^"]*"/g, '')
    .trimStart()
    .split(/[\r\n]/, 1);
  const count = (separator: string) => header.split(separator).length;
  return [',', ';', '\t', '|'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

function namesOf(header: readonly string[] | undefined): string[] {
  if (header === undefined) throw new MoeError(who, 'the first row must name the columns; the text is empty');
  // R writes the names of rows as a first column without a name.
  const names = header.map((name, place) => name.trim() || `column ${place + 1}`);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new MoeError(who, 'every column must have a name of its own', twice);
  return names;
}

function expectWidth(rows: readonly (readonly string[])[], names: readonly string[]): void {
  if (rows.length === 0) throw new MoeError(who, 'there must be at least one row below the header', 0);
  const bad = rows.findIndex((row) => row.length !== names.length);
  if (bad < 0) return;
  throw new MoeError(
    who,
    `row ${bad + 1} must have ${names.length} cells (${names.join(', ')})`,
    rows[bad]?.length,
  );
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(inity)?$/i;

function numberOf(cell: string, decimal: '.' | ','): number | undefined {
  const infinite = INFINITE.exec(cell);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  if (decimal === ',' && cell.includes('.')) return undefined;
  const plain = decimal === ',' ? cell.replace(',', '.') : cell;
  return NUMBER.test(plain) ? Number(plain) : undefined;
}
