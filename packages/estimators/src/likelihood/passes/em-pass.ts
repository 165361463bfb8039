import type { Given } from '../problem/given.ts';
import { mostRows } from '../problem/part.ts';
import type { Problem } from '../problem/problem.ts';
import { addProduct, dot, multiply } from './column-loops.ts';
import type { Evaluate } from './mixture-rows.ts';
import { penalisedSums } from './penalised.ts';
import { unitsOf, weightsOf } from './value-pass.ts';

/** Sums over the rows for a number of coordinates; matrices are dense, column-major, lower triangle. */
export interface BlockSums {
  readonly gradient: Float64Array;
  readonly information: Float64Array;
}

export interface EmSums {
  /** The log-likelihood, less a penalty, or of given responsibilities $\sum_i w_i \sum_e r_{ie} \log(g_{ie} f_{ie})$. */
  readonly value: number;
  /** Over the gate's coordinates. */
  readonly gate: BlockSums;
  /** Over the coordinates of all experts, one per expert. */
  readonly experts: readonly BlockSums[];
  /** $\sum_i w_i r_{ie}$. */
  readonly sizes: Float64Array;
  /** $\sum_i w_i r_{ie}\, \partial\log f / \partial\lambda$ and $-\sum_i w_i r_{ie}\, \partial^2\log f / \partial\lambda^2$ with $\lambda = \log\varphi_e$, of a law with a dispersion. */
  readonly dispersion: { readonly slopes: Float64Array; readonly curvatures: Float64Array };
}

/**
 * One pass of EM: the log-likelihood at a point and the sums that its M-step needs.
 *
 * Of the gate the gradient and the Fisher information of $\sum_i w_i \sum_e r_{ie} \log g_{ie}$; of every expert those of
 * $\sum_i w_i r_{ie} \log f_{ie}$.
 */
export function emPass(problem: Problem, evaluate: Evaluate, at: Float64Array, given?: Given): EmSums {
  const { coordinates, law, source, logScale } = problem;
  const { experts } = problem.layout.shape;
  const { firstExpert: gateSize, firstNoise } = coordinates;
  const expertSize = firstNoise - gateSize;
  const sums = (size: number): BlockSums => ({
    gradient: new Float64Array(size),
    information: new Float64Array(size * size),
  });
  const gate = sums(gateSize);
  const each = Array.from({ length: experts }, () => sums(expertSize));
  const sizes = new Float64Array(experts);
  const dispersionSlopes = new Float64Array(experts);
  const dispersionCurvatures = new Float64Array(experts);
  const most = mostRows(source.blocks);
  const weighted = new Float64Array(most);
  const difference = new Float64Array(most);
  const product = new Float64Array(most);
  const listened = new Float64Array(most);
  const means = Array.from({ length: gateSize }, () => new Float64Array(most));
  const touched = new Uint8Array(gateSize);
  let value = 0;

  for (const block of source.blocks) {
    const { rows, first } = block;
    const { parts, densities, weights, responsibilities, logDensity } = evaluate(
      block,
      at,
      1,
      given !== undefined,
    );
    const w = weightsOf(problem, first, rows);
    const units = unitsOf(problem, first, rows);
    if (given === undefined) value += dot(units, logDensity, rows);
    for (let j = 0; j < gateSize; j++) if (touched[j] === 1) means[j]!.fill(0);
    touched.fill(0);
    for (let e = 0; e < experts; e++) {
      const r = given === undefined ? responsibilities[e]! : given[e]!.subarray(first, first + rows);
      const g = weights[e]!;
      multiply(weighted, w, r, rows);
      let size = 0;
      for (let i = 0; i < rows; i++) size += weighted[i]!;
      sizes[e] = sizes[e]! + size;
      const { support, gradient } = parts.logits[e]!;
      if (given !== undefined) value += joint(w, units, r, g, densities[e]!.log, rows);
      if (support.length > 0) {
        for (let i = 0; i < rows; i++) {
          listened[i] = units[i]! * g[i]!;
          difference[i] = units[i]! * (r[i]! - g[i]!);
        }
        for (let a = 0; a < support.length; a++) {
          const row = support[a]!;
          gate.gradient[row] = gate.gradient[row]! + dot(difference, gradient[a]!, rows);
          addProduct(means[row]!, g, gradient[a]!, rows);
          touched[row] = 1;
          multiply(product, listened, gradient[a]!, rows);
          for (let b = 0; b <= a; b++) {
            const place = row + support[b]! * gateSize;
            gate.information[place] = gate.information[place]! + dot(product, gradient[b]!, rows);
          }
        }
      }
      const { slopes, curvatures, scoring = curvatures, dispersion } = densities[e]!;
      if (dispersion !== undefined) {
        dispersionSlopes[e] = dispersionSlopes[e]! + dot(weighted, dispersion.slope, rows);
        dispersionCurvatures[e] = dispersionCurvatures[e]! - dot(weighted, dispersion.curvature, rows);
      }
      const outputs = parts.outputs[e]!;
      const { gradient: slope, information } = each[e]!;
      for (let c = 0; c < law.units; c++) {
        const part = outputs[c]!;
        if (part.support.length === 0) continue;
        multiply(difference, weighted, slopes[c]!, rows);
        for (let a = 0; a < part.support.length; a++) {
          const row = part.support[a]! - gateSize;
          slope[row] = slope[row]! + dot(difference, part.gradient[a]!, rows);
        }
        for (let d = 0; d < law.units; d++) {
          const other = outputs[d]!;
          const curvature = scoring[c >= d ? (c * (c + 1)) / 2 + d : (d * (d + 1)) / 2 + c]!;
          const isColumn = typeof curvature !== 'number';
          if (isColumn) multiply(product, weighted, curvature, rows);
          const factor = isColumn ? 1 : curvature;
          const base = isColumn ? product : weighted;
          for (let a = 0; a < part.support.length; a++) {
            const row = part.support[a]! - gateSize;
            multiply(difference, base, part.gradient[a]!, rows);
            for (let b = 0; b < other.support.length; b++) {
              const column = other.support[b]! - gateSize;
              if (column > row) break;
              const place = row + column * expertSize;
              information[place] = information[place]! + factor * dot(difference, other.gradient[b]!, rows);
            }
          }
        }
      }
    }
    for (let j = 0; j < gateSize; j++) {
      if (touched[j] === 0) continue;
      multiply(product, units, means[j]!, rows);
      for (let k = 0; k <= j; k++) {
        if (touched[k] === 0) continue;
        const place = j + k * gateSize;
        gate.information[place] = gate.information[place]! - dot(product, means[k]!, rows);
      }
    }
  }
  return penalisedSums(problem, at, {
    value: Number.isNaN(value) ? -Infinity : value + logScale,
    gate,
    experts: each,
    sizes,
    dispersion: { slopes: dispersionSlopes, curvatures: dispersionCurvatures },
  });
}

/** $\sum_i w_i r_i \log(g_i f_i)$, a group's $g$ once, where rows without responsibility or weight do not count. */
function joint(
  w: Float64Array,
  units: Float64Array,
  r: Float64Array,
  g: Float64Array,
  log: Float64Array,
  rows: number,
): number {
  let sum = 0;
  for (let i = 0; i < rows; i++)
    if (w[i]! * r[i]! > 0 && g[i]! > 0)
      sum += r[i]! * (w[i]! * log[i]! + (units[i]! > 0 ? units[i]! * Math.log(g[i]!) : 0));
  return sum;
}
