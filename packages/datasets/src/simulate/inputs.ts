import { expectInteger, expectNumber, expectOneOf, MoeError, type Stream } from '@tfjs-moe/core';

/** One number for every input, or one per input. */
export type PerInput = number | readonly number[];

/**
 * Where the inputs of a simulation come from: drawn from a box or a normal law, on a grid, or given.
 *
 * Row i of drawn inputs depends on the seed and on i alone, so a longer simulation begins with the shorter one. A grid
 * moves with the number of rows.
 */
export type Inputs =
  /** Uniform on a box. Default [0, 1) in every direction. */
  | { readonly kind: 'uniform'; readonly min?: PerInput; readonly max?: PerInput }
  /** Independent normals. Default standard. */
  | { readonly kind: 'normal'; readonly mean?: PerInput; readonly standardDeviation?: PerInput }
  /** n points at equal distances, both ends included, for one input. Default from 0 to 1. */
  | { readonly kind: 'grid'; readonly min?: number; readonly max?: number }
  /** The rows themselves, in their order; a simulation takes the first n. */
  | { readonly kind: 'rows'; readonly rows: readonly (readonly number[])[] };

/** A row of inputs from its place and its stream. */
export type InputRow = (row: number, random: Stream) => number[];

const who = 'simulate';
const kinds = ['uniform', 'normal', 'grid', 'rows'] as const;

/** Reads the law, for `n` rows of `inputDim` numbers. */
export function inputRows(inputs: Inputs, inputDim: number, n: number): InputRow {
  expectOneOf(who, 'inputs.kind', inputs?.kind, kinds);
  switch (inputs.kind) {
    case 'uniform': {
      const min = perInput('inputs.min', inputs.min ?? 0, inputDim);
      const max = perInput('inputs.max', inputs.max ?? 1, inputDim);
      min.forEach((low, d) => {
        expectNumber(who, 'inputs.max', max[d], { min: low });
      });
      return (_, random) => min.map((low, d) => low + (max[d]! - low) * random.uniform());
    }
    case 'normal': {
      const mean = perInput('inputs.mean', inputs.mean ?? 0, inputDim);
      const deviation = perInput('inputs.standardDeviation', inputs.standardDeviation ?? 1, inputDim);
      deviation.forEach((value) => {
        expectNumber(who, 'inputs.standardDeviation', value, { min: 0 });
      });
      return (_, random) => mean.map((center, d) => center + deviation[d]! * random.normal());
    }
    case 'grid': {
      if (inputDim !== 1) throw new MoeError(who, 'a grid is for measures with one input', inputDim);
      const min = expectNumber(who, 'inputs.min', inputs.min ?? 0);
      const max = expectNumber(who, 'inputs.max', inputs.max ?? 1, { min });
      return (row) => [n === 1 ? min : min + ((max - min) * row) / (n - 1)];
    }
    case 'rows': {
      const rows = givenRows(inputs) ?? [];
      const available = rows.length;
      expectInteger(who, 'n', n, { min: 1, max: available, maxName: `the number of rows (${available})` });
      return (row) => givenRow(rows[row]!, row, inputDim);
    }
  }
}

/** The rows, where the inputs are given. */
export function givenRows(inputs: Inputs): readonly (readonly number[])[] | undefined {
  if (inputs?.kind !== 'rows') return undefined;
  if (Array.isArray(inputs.rows)) return inputs.rows;
  throw new MoeError(who, 'inputs.rows must be a list of rows', inputs.rows);
}

function perInput(option: string, value: PerInput, inputDim: number): readonly number[] {
  const values = typeof value === 'number' ? new Array<number>(inputDim).fill(value) : value;
  if (!Array.isArray(values) || values.length !== inputDim) {
    throw new MoeError(who, `${option} must be a number or a list of ${inputDim}`, value);
  }
  for (const entry of values) expectNumber(who, option, entry);
  return values;
}

function givenRow(row: readonly number[], index: number, inputDim: number): number[] {
  if (row?.length !== inputDim) {
    throw new MoeError(who, `row ${index} of inputs.rows must have ${inputDim} numbers`, row);
  }
  return Array.from(row, (value) => expectNumber(who, `row ${index} of inputs.rows`, value));
}
