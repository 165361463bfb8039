import { MoeError } from '@tfjs-moe/core';
import type { TableColumn } from './table.ts';

type Level = string | number;

/** The values that stand in some rows of a column, in order. */
function levelsOf(column: TableColumn, rows: readonly number[]): Level[] {
  const present = [...new Set(rows.map((row) => column.values[row]!))];
  return present.sort((a, b) => (a < b ? -1 : 1));
}

/** Inputs that a column becomes. */
export interface DrawnInputs {
  readonly names: readonly string[];
  /** Writes the column's numbers of a row of the table into a row of zeros, from a place on. */
  write(to: number[], from: number, row: number): void;
}

/** An input for each value but the first, 1 where it stands. */
export function indicatorsOf(who: string, column: TableColumn, rows: readonly number[]): DrawnInputs {
  const [reference, ...others] = levelsOf(column, rows);
  if (others.length === 0) {
    throw new MoeError(who, `factor "${column.name}" must have at least two values`, reference);
  }
  if (others.length + 1 === rows.length) {
    throw new MoeError(who, `factor "${column.name}" must not have another value in every row`, rows.length);
  }
  const places = new Map(others.map((level, place) => [level, place]));
  return {
    names: others.map((level) => `${column.name}${level}`),
    write(to, from, row) {
      const place = places.get(column.values[row]!);
      if (place !== undefined) to[from + place] = 1;
    },
  };
}

/** The values of a response as 0, 1, ... in order, and what these are called. */
export function classesOf(
  who: string,
  column: TableColumn,
  rows: readonly number[],
): { response: number[]; classNames: string[] } {
  if (column.kind === 'number') {
    const row = rows.find((each) => !Number.isInteger(column.values[each]));
    if (row !== undefined) {
      throw new MoeError(
        who,
        `row ${row + 1} of column "${column.name}" must be a class: a text or a whole number`,
        column.values[row],
      );
    }
  }
  const levels = levelsOf(column, rows);
  if (levels.length === rows.length && rows.length > 2) {
    throw new MoeError(who, `classes "${column.name}" must not be another one in every row`, rows.length);
  }
  const places = new Map(levels.map((level, place) => [level, place]));
  return {
    response: rows.map((row) => places.get(column.values[row]!)!),
    classNames: levels.map(String),
  };
}
