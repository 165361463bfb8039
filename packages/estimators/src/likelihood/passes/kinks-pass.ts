import { normalDensity, normalQuantile } from '@tfjs-moe/numerics';
import { mostRows } from '../problem/part.ts';
import { logDispersionOf, type Problem } from '../problem/problem.ts';
import { dot, multiply } from './column-loops.ts';
import type { Evaluate } from './mixture-rows.ts';
import { weightsOf } from './value-pass.ts';

/** By what the density of a response at an expert's median is known: by the fit, or by a kernel over the residuals. */
export type DensityAtZero = 'model' | 'kernel';

/**
 * What kinks add to the second derivatives of the expected log-likelihood, which those of its pieces lack: at $y = h_e$ the
 * slope falls by $2 r_e / b_e$, as often as a response is there, so that
 * $$-\sum_i w_i \sum_e \tfrac{2}{b_e}\, r_{ie}\, f_i(h_{ie})\, \nabla h_{ie} \nabla h_{ie}^\top.$$
 * By the model $r_{ie} f_i(h_{ie})$ is $g_{ie} / 2 b_e$, of rows in groups $r_{ie} / 2 b_e$. By a kernel it is
 * $r_{ie} K(y_i - h_{ie})$ whatever the law, with the bandwidth of Hall and Sheather, as `summary.rq(se = "ker")` has it.
 *
 * Source: Powell (1991); Koenker, "Quantile Regression" (2005), section 3.4.
 * @returns lower triangle, column-major
 */
export function kinksPass(
  problem: Problem,
  evaluate: Evaluate,
  at: Float64Array,
  density: DensityAtZero,
): Float64Array {
  const { coordinates, source, data, onOutputScale } = problem;
  const { size } = coordinates;
  const result = new Float64Array(size * size);
  const factor = new Float64Array(mostRows(source.blocks));
  const product = new Float64Array(factor.length);
  const widths = density === 'kernel' ? bandwidths(problem, evaluate, at) : [];
  for (const block of source.blocks) {
    const { first, rows } = block;
    const { parts, weights, responsibilities } = evaluate(block, at, 1);
    const w = weightsOf(problem, first, rows);
    parts.outputs.forEach(([output], e) => {
      const { value, support, gradient } = output!;
      const scale = Math.exp(logDispersionOf(problem, at, e));
      const share = (data.groups === undefined ? weights : responsibilities)[e]!;
      const r = responsibilities[e]!;
      for (let i = 0; i < rows; i++) {
        const residual = onOutputScale[first + i]! - value[i]!;
        factor[i] =
          density === 'model'
            ? (w[i]! * share[i]!) / scale ** 2
            : (2 * w[i]! * r[i]! * normalDensity(residual / widths[e]!)) / (widths[e]! * scale);
      }
      support.forEach((place, a) => {
        multiply(product, factor, gradient[a]!, rows);
        for (let b = 0; b <= a; b++) {
          const entry = place + support[b]! * size;
          result[entry] = result[entry]! - dot(product, gradient[b]!, rows);
        }
      });
    });
  }
  return result;
}

/** Of every expert, from its residuals by weight: their deviation, or their quartiles where those are nearer. */
function bandwidths(problem: Problem, evaluate: Evaluate, at: Float64Array): number[] {
  const { n } = problem.data;
  const { experts } = problem.layout.shape;
  const residuals = Array.from({ length: experts }, () => new Float64Array(n));
  const shares = Array.from({ length: experts }, () => new Float64Array(n));
  for (const block of problem.source.blocks) {
    const { parts, responsibilities } = evaluate(block, at, 0);
    const w = weightsOf(problem, block.first, block.rows);
    for (let e = 0; e < experts; e++) {
      const { value } = parts.outputs[e]![0]!;
      for (let i = 0; i < block.rows; i++) {
        residuals[e]![block.first + i] = problem.onOutputScale[block.first + i]! - value[i]!;
        shares[e]![block.first + i] = w[i]! * responsibilities[e]![i]!;
      }
    }
  }
  return residuals.map((own, e) => {
    const share = shares[e]!;
    const total = share.reduce((sum, value) => sum + value, 0);
    const count = Math.max(2, total);
    const mean = own.reduce((sum, value, i) => sum + (share[i]! * value) / total, 0);
    const square = own.reduce((sum, value, i) => sum + (share[i]! * (value - mean) ** 2) / total, 0);
    const deviation = Math.sqrt((square * count) / (count - 1));
    const [low, high] = quartiles(own, share, total);
    // Of the median, whose normal density is that at 0.
    const wide = (1.5 * normalDensity(0) ** 2) ** (1 / 3);
    let part = count ** (-1 / 3) * normalQuantile(0.975) ** (2 / 3) * wide;
    while (part >= 0.5) part /= 2;
    const spread = high > low ? Math.min(deviation, (high - low) / 1.34) : deviation;
    const reach = (normalQuantile(0.5 + part) - normalQuantile(0.5 - part)) * spread;
    return reach > 0 ? reach : Math.exp(logDispersionOf(problem, at, e));
  });
}

function quartiles(values: Float64Array, share: Float64Array, total: number): [number, number] {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  let sum = 0;
  let low = Number.NaN;
  for (const i of order) {
    sum += share[i]!;
    if (Number.isNaN(low) && sum >= 0.25 * total) low = values[i]!;
    if (sum >= 0.75 * total) return [low, values[i]!];
  }
  return [low, low];
}
