import { expertTraits, type MeasureShape, measureSpecs, readGate } from '@tfjs-moe/measures';
import type { Columns } from '../../../sample.ts';
import { evaluateGate, evaluateOutputs, type Value } from '../evaluate-definition.ts';
import type { Layout } from '../layout.ts';

/**
 * Functions that are linear in their parameters, with the same columns for every expert.
 *
 * Numbers of the layout that multiply the same columns: one list per function.
 */
export interface AffineDesign {
  readonly columns: Float64Array[];
  /** Per function, the number of the layout that multiplies each column. */
  readonly numbers: number[][];
}

const CHUNK = 4096;

/**
 * The columns that logits or outputs are linear combinations of, with numbers of their own for every expert; nothing where
 * the traits do not say so and the formula is not read so, or where what is not estimated makes the columns of one
 * function other than those of the next.
 */
export function designOf(layout: Layout, data: Columns, part: 'gate' | 'expert'): AffineDesign | undefined {
  const { shape } = layout;
  if (!(part === 'gate' ? hasLinearLogits(shape) : hasLinearOutputs(shape))) return undefined;
  const count = shape.experts * (part === 'gate' ? 1 : (shape.units ?? 1));
  const columns: Float64Array[] = [];
  let numbers: number[][] = [];
  for (let from = 0; from < data.n; from += CHUNK) {
    const piece = data.inputs.map((column) => column.subarray(from, Math.min(data.n, from + CHUNK)));
    // Slopes of linear functions: the same at all numbers.
    const { entries } =
      part === 'gate'
        ? evaluateGate(layout, piece, layout.atRest, 1, 'logits').logits
        : evaluateOutputs(layout, piece, layout.atRest, 1);
    // A function that all experts share has no numbers of its own.
    if (
      entries.length !== count ||
      !entries.every((entry) => hasColumnsOf(entry, entries[0]!, piece[0]!.length))
    )
      return undefined;
    numbers = entries.map(({ support }) => [...support]);
    entries[0]!.gradient.forEach((column, j) => {
      columns[j] ??= new Float64Array(data.n);
      if (typeof column === 'number') columns[j].fill(column, from, from + piece[0]!.length);
      else columns[j].set(column, from);
    });
  }
  return { columns, numbers };
}

function hasLinearLogits({ gate, experts }: MeasureShape): boolean {
  const reading = readGate(gate, experts);
  return reading?.logWeights.includes('logits') === true && reading.hasLinearLogits;
}

/** Whether the outputs are linear in all that is learned, of which every expert has its own. */
export function hasLinearOutputs(shape: MeasureShape): boolean {
  const { linearIn } = expertTraits(shape.expert);
  const specs = Object.entries(measureSpecs(shape).expert);
  const learned = specs.filter(([, { trainable }]) => trainable !== false);
  return (
    linearIn !== undefined &&
    linearIn.length === learned.length &&
    learned.every(([name, { copies }]) => linearIn.includes(name) && copies === shape.experts)
  );
}

/** Whether two functions have the same slopes at all rows. */
function hasColumnsOf({ gradient: a }: Value, { gradient: b }: Value, rows: number): boolean {
  return (
    a.length === b.length &&
    a.every((column, j) => {
      for (let i = 0; i < rows; i++) if (entryAt(column, i) !== entryAt(b[j]!, i)) return false;
      return true;
    })
  );
}

function entryAt(column: number | Float64Array, row: number): number {
  return typeof column === 'number' ? column : column[row]!;
}
