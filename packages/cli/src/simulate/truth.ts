/**
 * What `moe simulate` draws from: a published design, a file that says everything, or a fit with the rows of a table.
 */
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import {
  columnOf,
  design,
  designNames,
  type FormulaTerms,
  type Inputs,
  inputsOfFormula,
  type Noise,
  type Table,
} from '@tfjs-moe/datasets';
import { measureFromJSON } from '@tfjs-moe/measures';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import { decimal, didYouMean, type Reader, readText, userPath } from '@tfjs-moe/command-line';
import { userTable } from '../user-table.ts';

const WHO = 'moe simulate';

/** What a sample is drawn from. */
export interface Truth {
  readonly measure: ReturnType<typeof measureFromJSON>;
  readonly inputs: Inputs;
  readonly noise: Noise;
  /** The table whose rows are the inputs. */
  readonly at?: TableRows | undefined;
}

/** What belongs to rows besides their inputs, by the names of columns: a fit that is saved keeps those of its table. */
export interface RowColumns {
  readonly offset?: string | undefined;
  readonly trials?: string | undefined;
}

/** What the words after the source say. */
export interface Said {
  readonly noise: Noise | undefined;
  /** A table, and which of its columns are the inputs. */
  readonly at: { readonly file: string; readonly inputs: readonly string[] | undefined } | undefined;
  readonly columns: RowColumns;
}

/** A design, a measure with its inputs and noise, or a fitted measure; what the words say comes first. */
export function truthOf(source: string, said: Said): Truth {
  const tableAt = (columns: RowColumns, saved: Saved = {}) => said.at && rowsOf(said.at, columns, saved);
  if (designNames.includes(source)) {
    const { measure, inputs, noise } = design(source);
    const at = tableAt(said.columns);
    return { measure, inputs: at?.inputs ?? inputs, noise: said.noise ?? noise, at };
  }
  const text = readText(WHO, `give a design or a file${hint(source)}`, userPath(source), source);
  let json: Saved & {
    format?: string;
    measure?: unknown;
    inputs?: Inputs;
    noise?: Noise;
    columns?: RowColumns;
  };
  try {
    json = JSON.parse(text) as typeof json;
  } catch (error) {
    throw new MoeError(WHO, `the file must be JSON, whole (${(error as Error).message})`, source);
  }
  const isMeasure = typeof json?.format === 'string';
  if (!isMeasure) expectKnownOptions(WHO, json, ['measure', 'inputs', 'noise']);
  const measure = measureFromJSON(isMeasure ? json : json.measure);
  const at = tableAt({ ...(isMeasure ? json.columns : undefined), ...said.columns }, isMeasure ? json : {});
  const inputs = at?.inputs ?? (isMeasure ? undefined : json.inputs);
  const noise = said.noise ?? (isMeasure ? noiseOf(measure) : json.noise);
  if (inputs === undefined) {
    throw new MoeError(WHO, 'say where inputs come from: "inputs" in the file, or --at with a table', source);
  }
  if (noise === undefined) {
    throw new MoeError(WHO, 'say what noise there is: "noise" in the file, or --noise with a number', source);
  }
  return { measure, inputs, noise, at };
}

/** The designs, or the one that was meant. */
function hint(source: string): string {
  return didYouMean(source, designNames) || ` (designs: ${designNames.join(', ')})`;
}

/** The noise that a fitted measure tells of; that of least squares does not. */
function noiseOf({ units = 1, dispersions, family }: Truth['measure']): Noise | undefined {
  if (units > 1) return { kind: 'classes' };
  return dispersions !== undefined || family !== undefined ? { kind: 'experts' } : undefined;
}

/** Noise in the words of the command line. */
export const normalNoise: Reader<Noise> = (written, option, who) => ({
  kind: 'regression',
  standardDeviation: decimal({ min: 0 })(written, option, who),
});

/** What `moe fit --save` writes beside the measure. */
interface Saved {
  readonly response?: string;
  readonly terms?: FormulaTerms;
}

export interface TableRows {
  /** What the columns are called that are written with the response. */
  readonly names: readonly string[];
  /** These columns, row by row. */
  readonly cells: readonly (readonly (string | number | null)[])[];
  readonly inputs: Extract<Inputs, { kind: 'rows' }>;
  /** What belongs to rows besides the inputs, by what it is for. */
  readonly columns: Readonly<Partial<Record<keyof RowColumns, readonly number[]>>>;
}

/** The rows of a table, as the terms of a fit read them, or as they stand in some columns. */
function rowsOf(
  { file, inputs }: NonNullable<Said['at']>,
  { offset, trials }: RowColumns,
  { response, terms }: Saved,
): TableRows {
  const table = userTable(WHO, file);
  const columns = {
    ...(offset !== undefined && { offset: numbersOf(table, offset) }),
    ...(trials !== undefined && { trials: numbersOf(table, trials) }),
  };
  if (terms !== undefined) {
    const shown = table.columns.filter(({ name }) => name !== response);
    const read = inputsOfFormula(terms, table);
    return {
      names: shown.map(({ name }) => name),
      cells: read.rows.map((row) => shown.map(({ values }) => values[row]!)),
      inputs: { kind: 'rows', rows: read.inputs },
      columns: { ...(read.offset && { offset: read.offset }), ...columns },
    };
  }
  const names =
    inputs ?? table.columns.map(({ name }) => name).filter((name) => name !== offset && name !== trials);
  const own = names.map((name) => numbersOf(table, name));
  const others = Object.values(columns);
  const rowsAt = (of: readonly (readonly number[])[]) =>
    Array.from({ length: table.size }, (_, row) => of.map((values) => values[row]!));
  return {
    names: [...names, ...[offset, trials].filter((name) => name !== undefined)],
    cells: rowsAt([...own, ...others]),
    inputs: { kind: 'rows', rows: rowsAt(own) },
    columns,
  };
}

function numbersOf(table: Table, name: string): readonly number[] {
  const { values } = columnOf(table, name, WHO);
  values.forEach((value, row) => {
    if (Number.isFinite(value)) return;
    throw new MoeError(WHO, `row ${row + 1} of column "${name}" must be a number`, value);
  });
  return values as readonly number[];
}
