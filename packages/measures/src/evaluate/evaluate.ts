/**
 * A mixing measure at some inputs: $f_G(x) = \sum_e w_e(x)\, h(x, \eta_e)$ and its parts, in float64.
 *
 * The same definitions that a layer trains, run block by block, so that a million rows need no more memory than their
 * result.
 */
import { MoeError } from '@tfjs-moe/core';
import { expectMeasure, type MixingMeasure } from '../measure/mixing-measure.ts';
import { mixtureTape, numbersOf } from '../tape/mixture.ts';
import { compile } from '../tape/program.ts';

/** Rows of D numbers. */
export type Rows = readonly ArrayLike<number>[];

/** $f_G(x)$ for every row, [rows, units] in row-major order: with one unit, one number per row. */
export function predict(measure: MixingMeasure, rows: Rows): Float64Array {
  const { weights, outputs, n } = evaluated('predict', measure, rows, 'both');
  const { experts, units = 1 } = measure;
  const means = new Float64Array(n * units);
  for (let i = 0; i < n; i++) {
    for (let e = 0; e < experts; e++) {
      const weight = weights[i * experts + e]!;
      // An expert that a row is not sent to has no say, even where its output overflows.
      if (weight === 0) continue;
      for (let u = 0; u < units; u++) {
        const mean = outputs[(i * experts + e) * units + u]!;
        means[i * units + u] = means[i * units + u]! + weight * mean;
      }
    }
  }
  return means;
}

/**
 * The weights $w_e(x)$ that the gate gives the experts, [rows, experts] in row-major order, as a layer has them. They are
 * probabilities except under a sigmoid gate that is not normalised and a selection that keeps its weights, as top-1 does.
 */
export function gateProbabilities(measure: MixingMeasure, rows: Rows): Float64Array {
  return evaluated('gateProbabilities', measure, rows, 'weights').weights;
}

/** What every expert says, $h(x, \eta_e)$, [rows, experts, units] in row-major order. */
export function expertMeans(measure: MixingMeasure, rows: Rows): Float64Array {
  return evaluated('expertMeans', measure, rows, 'outputs').outputs;
}

/** Weights and outputs at some inputs; empty what was not asked for. */
export interface Evaluated {
  readonly n: number;
  /** [rows, experts]. */
  readonly weights: Float64Array;
  /** [rows, experts, units]. */
  readonly outputs: Float64Array;
}

/** The parts that are wanted; the others are empty. */
export function evaluated(
  who: string,
  measure: MixingMeasure,
  rows: Rows,
  want: 'weights' | 'outputs' | 'both',
): Evaluated {
  return evaluatedColumns(
    measure,
    inputColumns(who, rows, expectMeasure(who, 'measure', measure).inputDim),
    want,
  );
}

/** The same for inputs that are columns already. */
export function evaluatedColumns(
  measure: MixingMeasure,
  inputs: readonly Float64Array[],
  want: 'weights' | 'outputs' | 'both' = 'both',
): Evaluated {
  const { experts, units = 1 } = measure;
  const n = inputs[0]!.length;
  const { tape, weights, outputs } = mixtureTape(measure);
  const parts = {
    weights: want === 'outputs' ? [] : weights,
    outputs: want === 'weights' ? [] : outputs.flat(),
  };
  const program = compile(tape, [...parts.weights, ...parts.outputs]);
  program.setParameters(numbersOf(measure));
  const result = {
    n,
    weights: new Float64Array(n * parts.weights.length),
    outputs: new Float64Array(n * parts.outputs.length),
  };
  const scatter = (
    to: Float64Array,
    width: number,
    at: number,
    from: number,
    rows: number,
    output: number,
  ) => {
    const values = program.value(output);
    for (let i = 0; i < rows; i++) to[(from + i) * width + at] = values[i]!;
  };
  for (let from = 0; from < n; from += program.block) {
    const rows = Math.min(program.block, n - from);
    program.run(inputs, from, rows, false);
    parts.weights.forEach((_, e) => {
      scatter(result.weights, experts, e, from, rows, e);
    });
    parts.outputs.forEach((_, k) => {
      scatter(result.outputs, experts * units, k, from, rows, parts.weights.length + k);
    });
  }
  return result;
}

/** Rows as columns, checked. */
function inputColumns(who: string, rows: Rows, inputDim: number): Float64Array[] {
  if (!Array.isArray(rows)) throw new MoeError(who, 'rows must be a list of rows of numbers', rows);
  const columns = Array.from({ length: inputDim }, () => new Float64Array(rows.length));
  rows.forEach((row, i) => {
    if (row?.length !== inputDim)
      throw new MoeError(who, `row ${i} must have ${inputDim} numbers`, row?.length);
    for (let d = 0; d < inputDim; d++) {
      const value = row[d]!;
      if (!Number.isFinite(value)) throw new MoeError(who, `row ${i} must hold finite numbers`, value);
      columns[d]![i] = value;
    }
  });
  return columns;
}
