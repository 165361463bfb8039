/**
 * What `moe simulate` draws from: a published design, a file that says everything, or a fit with the rows of a table.
 */
import { resolve } from 'node:path';
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { design, designNames, type Inputs, type Noise } from '@tfjs-moe/datasets';
import { measureFromJSON } from '@tfjs-moe/measures';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import { decimal, didYouMean, type Reader, readText } from '@tfjs-moe/command-line';
import { type Place, type RowColumns, rowsOf, type SavedFit, type TableRows } from '../saved/table-rows.ts';

const WHO = 'moe simulate';

/** What a sample is drawn from. */
export interface Truth {
  readonly measure: ReturnType<typeof measureFromJSON>;
  readonly inputs: Inputs;
  readonly noise: Noise;
  /** The table whose rows are the inputs. */
  readonly at?: TableRows | undefined;
  /** The column of the table that says which rows have one expert. */
  readonly group?: string | undefined;
}

/** What the words after the source say. */
export interface Said {
  readonly noise: Noise | undefined;
  /** A table, and which of its columns are the inputs. */
  readonly at: Place | undefined;
  readonly columns: RowColumns;
  readonly group: string | undefined;
}

/** A design, a measure with its inputs and noise, or a fitted measure; what the words say comes first. */
export function truthOf(source: string, said: Said): Truth {
  const tableAt = (columns: RowColumns, saved: SavedFit = {}) =>
    said.at && rowsOf(WHO, said.at, columns, saved);
  if (designNames.includes(source)) {
    const { measure, inputs, noise } = design(source);
    const at = tableAt(said.columns);
    return { measure, inputs: at?.inputs ?? inputs, noise: said.noise ?? noise, at, group: said.group };
  }
  const text = readText(WHO, `give a design or a file${hint(source)}`, resolve(source), source);
  let json: SavedFit & {
    format?: string;
    measure?: unknown;
    inputs?: Inputs;
    noise?: Noise;
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
  const group = said.group ?? (isMeasure && at !== undefined ? json.columns?.group : undefined);
  return { measure, inputs, noise, at, group };
}

/** The designs, or the one that was meant. */
function hint(source: string): string {
  return didYouMean(source, designNames) || ` (designs: ${designNames.join(', ')})`;
}

/** The noise that a fitted measure tells of; that of least squares does not. */
function noiseOf({ units = 1, dispersions, covariances, family }: Truth['measure']): Noise | undefined {
  if (units > 1 && covariances === undefined) return { kind: 'classes' };
  return dispersions !== undefined || family !== undefined ? { kind: 'experts' } : undefined;
}

/** Noise in the words of the command line. */
export const normalNoise: Reader<Noise> = (written, option, who) => ({
  kind: 'regression',
  standardDeviation: decimal({ min: 0 })(written, option, who),
});
