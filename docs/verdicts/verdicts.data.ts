/** The table of verdicts in short: what it shows before a cell is asked for. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Cell } from './cells.ts';
import { isOpen } from './is-open.ts';

/** A row of the table: the cells of a gate with an expert, by size. */
export interface Row {
  readonly expert: string;
  /** First order, second order, literal, `i` for independent, `d` for dependent, `?` for neither; empty where there is no cell. */
  readonly verdicts: readonly string[];
}

export interface GateTable {
  readonly gate: string;
  readonly rows: readonly Row[];
}

export interface Summary {
  readonly tables: readonly GateTable[];
  readonly cells: number;
  /** Cells with an inconclusive verdict. */
  readonly inconclusive: readonly string[];
  /** Cells whose relations are known, but not whether there are others, in the first order or the literal set. */
  readonly incomplete: readonly string[];
  /** Processor time of the slowest cell that needs no wider points, in milliseconds. */
  readonly slowest: number;
}

declare const data: Summary;

export { data };

const file = resolve(import.meta.dirname, 'verdicts.json');

export default {
  watch: ['./verdicts.json'],
  load(): Summary {
    const cells = JSON.parse(readFileSync(file, 'utf8')) as Cell[];
    const gateNames = unique(cells.map(({ gate }) => gate));
    const expertNames = unique(cells.map(({ expert }) => expert));
    const dims = unique(cells.map(({ inputDim }) => inputDim));
    const counts = unique(cells.map(({ experts }) => experts)).sort();
    const byName = new Map(cells.map((cell) => [nameOf(cell), cell]));
    const short = (cell: Cell | undefined) =>
      cell === undefined
        ? ''
        : [cell.firstOrder, cell.secondOrder, cell.literal]
            .map(({ verdict }) => (verdict === 'inconclusive' ? '?' : verdict[0]))
            .join('');
    return {
      tables: gateNames.map((gate) => ({
        gate,
        rows: expertNames.map((expert) => ({
          expert,
          verdicts: dims.flatMap((inputDim) =>
            counts.map((experts) => short(byName.get(nameOf({ gate, expert, inputDim, experts })))),
          ),
        })),
      })),
      cells: cells.length,
      inconclusive: cells
        .filter(({ firstOrder, secondOrder, literal }) =>
          [firstOrder, secondOrder, literal].some(({ verdict }) => verdict === 'inconclusive'),
        )
        .map(nameOf),
      incomplete: cells
        .filter(({ firstOrder, literal }) =>
          [firstOrder, literal].some((of) => of.verdict === 'dependent' && isOpen(of)),
        )
        .map(nameOf),
      slowest: Math.max(...cells.filter(isPlain).map(({ time }) => time)),
    };
  },
};

const nameOf = ({
  gate,
  expert,
  inputDim,
  experts,
}: Pick<Cell, 'gate' | 'expert' | 'inputDim' | 'experts'>) => `${gate}/${expert}/${inputDim}/${experts}`;

/** Answered at the default spread. */
function isPlain({ firstOrder, secondOrder, literal }: Cell): boolean {
  return [firstOrder, secondOrder, literal].every((of) => of.spread === undefined && !isOpen(of));
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
