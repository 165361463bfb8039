import type { Columns } from '../../sample.ts';
import { evaluateGate, evaluateOutputs } from './evaluate-definition.ts';
import type { Layout } from './layout.ts';

/** Rows of the sample that are looked at. */
const TRIAL_ROWS = 48;

/**
 * Which functions of a model are linear in their parameters, with the same columns for every expert: read off the
 * derivatives at two points, which are equal, without second derivatives, and multiply the parameters exactly.
 *
 * Numbers of the layout that multiply the same columns: one list per function.
 */
export interface AffineDesign {
  readonly columns: Float64Array[];
  /** Per function, the number of the layout that multiplies each column. */
  readonly numbers: number[][];
}

/** The inputs of some rows, spread over the sample. */
export function trialInput({ n, inputs }: Columns): Float64Array[] {
  const rows = Math.min(n, TRIAL_ROWS);
  return inputs.map((column) =>
    Float64Array.from({ length: rows }, (_, i) => column[Math.floor((i * n) / rows)]!),
  );
}

/** The columns that logits or outputs are linear combinations of; nothing where they are not. */
export function designOf(
  layout: Layout,
  data: Columns,
  units: number,
  part: 'gate' | 'expert',
  trials: readonly Float64Array[],
): AffineDesign | undefined {
  const rows = Math.min(data.n, TRIAL_ROWS);
  const input = trialInput(data);
  const functions = trials.map((numbers) => functionsAt(layout, input, units, numbers, part, 2));
  const [first, ...others] = functions as [FunctionAt[], ...FunctionAt[][]];
  const shared = new Set<number>();
  const isLinear = first.every((of, f) => {
    const same = others.every(
      (other) =>
        sameLists(other[f]!.support, of.support) && sameColumns(other[f]!.gradient, of.gradient, rows),
    );
    const apart = of.support.every((number) => !shared.has(number) && shared.add(number));
    return (
      same &&
      apart &&
      of.linear &&
      sameColumns(of.gradient, first[0]!.gradient, rows) &&
      functions.every((trial, t) => isExact(trial[f]!, trials[t]!, rows))
    );
  });
  if (!isLinear) return undefined;
  const columns = first[0]!.gradient.map(() => new Float64Array(data.n));
  const chunk = 4096;
  for (let from = 0; from < data.n; from += chunk) {
    const piece = data.inputs.map((column) => column.subarray(from, Math.min(data.n, from + chunk)));
    const [of] = functionsAt(layout, piece, units, trials[0]!, part, 1) as [FunctionAt];
    of.gradient.forEach((column, j) => {
      if (typeof column === 'number') columns[j]!.fill(column, from, from + piece[0]!.length);
      else columns[j]!.set(column, from);
    });
  }
  return { columns, numbers: first.map(({ support }) => [...support]) };
}

interface FunctionAt {
  readonly value: number | Float64Array;
  readonly support: readonly number[];
  readonly gradient: readonly (number | Float64Array)[];
  readonly linear: boolean;
}

function functionsAt(
  layout: Layout,
  input: readonly Float64Array[],
  units: number,
  numbers: Float64Array,
  part: 'gate' | 'expert',
  order: 1 | 2,
): FunctionAt[] {
  const grid =
    part === 'gate'
      ? evaluateGate(layout, input, numbers, order, 'logits').logits
      : evaluateOutputs(layout, input, numbers, order);
  const count = layout.shape.experts * (part === 'gate' ? 1 : units);
  // A function that all experts share has no numbers of its own: not this case.
  if (grid.entries.length !== count) return [{ value: 0, support: [], gradient: [], linear: false }];
  return grid.entries.map(({ value, support, gradient, hessian }) => ({
    value,
    support,
    gradient,
    linear: hessian.every((column) =>
      typeof column === 'number' ? column === 0 : column.every((entry) => entry === 0),
    ),
  }));
}

function sameLists(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function sameColumns(
  a: readonly (number | Float64Array)[],
  b: readonly (number | Float64Array)[],
  rows: number,
): boolean {
  return (
    a.length === b.length &&
    a.every((column, j) => {
      for (let i = 0; i < rows; i++) if (entryAt(column, i) !== entryAt(b[j]!, i)) return false;
      return true;
    })
  );
}

/** Whether the value is the columns times the numbers, without a constant. */
function isExact({ value, support, gradient }: FunctionAt, numbers: Float64Array, rows: number): boolean {
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    let size = 0;
    support.forEach((number, j) => {
      const term = numbers[number]! * entryAt(gradient[j]!, i);
      sum += term;
      size += Math.abs(term);
    });
    if (!(Math.abs(sum - entryAt(value, i)) <= 1e-12 * size)) return false;
  }
  return true;
}

function entryAt(column: number | Float64Array, row: number): number {
  return typeof column === 'number' ? column : column[row]!;
}
