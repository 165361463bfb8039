import type { Columns } from '../../../sample.ts';
import { type Block, blocksOf, mostRows, type Part, type Parts, type Source } from '../part.ts';
import type { Basis } from './basis.ts';

/** Rows whose columns stay in the cache together. */
const ROWS = 256;

/** One function: a logit, or one of an expert's outputs. */
export interface Affine {
  /** Its first coordinate; nothing where it is held at zero. */
  readonly start: number | undefined;
  readonly basis: Basis;
  /** What a function says that has no coordinates. Default 0. */
  readonly constant?: number | undefined;
}

/**
 * Parts that are linear combinations of fixed columns: nothing is differentiated in a pass, and without a selection nothing
 * is allocated.
 */
export function affineSource(
  { n, groups }: Pick<Columns, 'n' | 'groups'>,
  gates: readonly Affine[],
  outputs: readonly Affine[],
  units: number,
  selection?: (block: Block, at: Float64Array, logits: readonly Part[]) => Parts['selected'],
): Source {
  const blocks = blocksOf(n, ROWS, groups);
  const parts = new Map<Basis, Float64Array[][]>();
  for (const { basis } of [...gates, ...outputs]) {
    if (parts.has(basis)) continue;
    parts.set(
      basis,
      blocks.map(({ first, rows }) => basis.columns.map((column) => column.subarray(first, first + rows))),
    );
  }
  const make = ({ start, basis, constant = 0 }: Affine) => {
    const value = new Float64Array(mostRows(blocks)).fill(constant);
    const support = start === undefined ? [] : basis.columns.map((_, j) => start + j);
    const views = parts.get(basis)!;
    const pieces: Part[] = blocks.map(({ index }) => ({
      value,
      support,
      gradient: start === undefined ? [] : views[index]!,
    }));
    return {
      at(block: Block, at: Float64Array): Part {
        const piece = pieces[block.index]!;
        if (start !== undefined) combine(value, views[block.index]!, at, start, block.rows);
        return piece;
      },
    };
  };
  const logits = gates.map(make);
  const values = outputs.map(make);
  const all = gates.map(() => undefined);
  return {
    blocks,
    evaluate(block, at, _order, everywhere = false) {
      const own = logits.map((logit) => logit.at(block, at));
      return {
        logits: own,
        selected: everywhere || selection === undefined ? all : selection(block, at, own),
        outputs: gates.map((_, e) =>
          values.slice(e * units, (e + 1) * units).map((value) => value.at(block, at)),
        ),
      };
    },
  };
}

/** out = sum_j at[start + j] columns[j] */
function combine(
  out: Float64Array,
  columns: readonly Float64Array[],
  at: Float64Array,
  start: number,
  rows: number,
): void {
  const first = columns[0];
  if (first === undefined) {
    out.fill(0);
    return;
  }
  const factor = at[start]!;
  for (let i = 0; i < rows; i++) out[i] = factor * first[i]!;
  for (let j = 1; j < columns.length; j++) {
    const next = at[start + j]!;
    const column = columns[j]!;
    for (let i = 0; i < rows; i++) out[i] = out[i]! + next * column[i]!;
  }
}
