/**
 * Judges the cells of the table and writes them to `verdicts.json`; cells that are there already are kept.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { replaceFile } from '@tfjs-moe/command-line';
import { type Cell, cellKeys, judge, nameOf } from './cells.ts';

export interface GenerateOptions {
  /** Judges cells anew whose names contain this. */
  readonly redo: string | undefined;
  /** Part i of n of the cells, from 0, to a file of its own. */
  readonly part: readonly [number, number] | undefined;
  /** Millions of operations per cell. */
  readonly budget: number;
}

const folder = import.meta.dirname;
export const FILE: string = resolve(folder, 'verdicts.json');

export function readCells(file: string = FILE): Cell[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Cell[]) : [];
}

export function generate({ redo, part, budget }: GenerateOptions): void {
  const file = part ? resolve(folder, `verdicts.${part[0]}-of-${part[1]}.json`) : FILE;
  const known = new Map([...readCells(), ...readCells(file)].map((cell) => [nameOf(cell), cell]));
  const keys = cellKeys();
  const isMine = (i: number) => part === undefined || i % part[1] === part[0];
  const open = keys.filter(
    (key, i) =>
      isMine(i) &&
      (!known.has(nameOf(key)) || (redo?.split(',').some((text) => nameOf(key).includes(text)) ?? false)),
  );
  for (const [i, key] of open.entries()) {
    const cell = judge(key, budget);
    known.set(nameOf(key), cell);
    const { firstOrder, secondOrder, literal, time } = cell;
    const verdicts = [firstOrder, secondOrder, literal].map(({ verdict }) => verdict.slice(0, 5)).join(' ');
    process.stderr.write(`${i + 1}/${open.length} ${nameOf(key)}: ${verdicts} ${time} ms\n`);
    if (i % 20 === 19 || i === open.length - 1) write(file, keys, known);
  }
  if (open.length === 0) write(file, keys, known);
}

/** Puts the parts that were judged apart into the table. */
export function merge(parts: readonly string[]): void {
  const known = new Map(
    [...readCells(), ...parts.flatMap((part) => readCells(part))].map((cell) => [nameOf(cell), cell]),
  );
  write(FILE, cellKeys(), known);
}

function write(file: string, keys: ReturnType<typeof cellKeys>, known: ReadonlyMap<string, Cell>): void {
  const cells = keys.flatMap((key) => known.get(nameOf(key)) ?? []);
  // A cell per line, so that a change of one is a change of one line.
  const content = `[\n${cells.map((cell) => JSON.stringify(cell)).join(',\n')}\n]\n`;
  replaceFile('verdicts', { path: file, content }, { what: 'the table' });
}
