import type { Family, ResponseLaw } from '@tfjs-moe/measures';
import { getFamily, type Rows, selects } from '@tfjs-moe/measures';
import { type Column, spreadColumn } from '@tfjs-moe/numerics';
import { dispersionsOf } from '../likelihood/problem/dispersions.ts';
import {
  each,
  evaluateGate,
  evaluateOutputs,
  type Value,
} from '../likelihood/problem/evaluate-definition.ts';
import { type Layout, layoutOf } from '../likelihood/problem/layout.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** Rows whose derivatives are held at a time. */
const BLOCK = 2048;

/** $\sum_i w_i \mathrm{E}[y \mid x_i] / \sum_i w_i$ with its derivatives by every estimate of the fit. */
export interface AverageResponse {
  /** One number; of classes one for each. */
  readonly values: readonly number[];
  /** Of each value. */
  readonly gradients: readonly Float64Array[];
}

/** Rows of inputs, checked, with what is added to the outputs there. */
export interface AveragedRows {
  readonly inputs: Rows;
  readonly offset?: ArrayLike<number> | undefined;
  readonly weights?: ArrayLike<number> | undefined;
}

/**
 * The mean of what a fit expects of the responses at some rows, of a binomial response out of one trial. With $p_e$ the gate's
 * weights as a law and $\mu_e$ the experts' means,
 * $$\nabla \sum_e p_e \mu_e = \sum_e \frac{\mu_e - \mu}{\sum_j w_j} \nabla w_e + p_e \mu_e' \nabla \eta_e.$$
 */
export function averageResponse(fit: MaximumLikelihoodFit, rows: AveragedRows): AverageResponse {
  const family = getFamily(fit.family);
  const layout = layoutOfFit(fit, family);
  // Of another reference too: derivatives are by all numbers, whatever the gauge.
  const numbers = Float64Array.from(fit.estimates, ({ part, value }) =>
    part === 'noise' ? Math.log(value) : value,
  );
  const n = rows.inputs.length;
  const { units = 1 } = fit.measure;
  const count = family.isClass === true ? units : 1;
  const values = new Float64Array(count);
  const gradients = Array.from({ length: count }, () => new Float64Array(numbers.length));
  let total = 0;
  for (let first = 0; first < n; first += BLOCK) {
    const block = blockAt(layout, numbers, rows, first, Math.min(BLOCK, n - first));
    total += block.weights.reduce((sum, weight) => sum + weight, 0);
    addBlock(fit, family, block, values, gradients);
  }
  return {
    values: Array.from(values, (value) => value / total),
    gradients: gradients.map((gradient) => gradient.map((value) => value / total)),
  };
}

function layoutOfFit(
  { measure, variances, zeroExpert = false }: MaximumLikelihoodFit,
  family: Family,
): Layout {
  const dispersions = dispersionsOf(family, measure.experts, { variances, zeroExpert });
  return layoutOf({ ...measure, units: measure.units ?? 1 }, measure, dispersions, zeroExpert);
}

/** Some rows, evaluated. */
interface Block {
  readonly rows: number;
  readonly weights: Float64Array;
  readonly offset: Float64Array;
  /** Of each expert. */
  readonly gate: readonly Value[];
  /** Of each expert, of each output. */
  readonly outputs: readonly (readonly Value[])[];
}

function blockAt(
  layout: Layout,
  numbers: Float64Array,
  { inputs, offset, weights }: AveragedRows,
  first: number,
  rows: number,
): Block {
  const { experts, inputDim, units = 1 } = layout.shape;
  const part = (of: ArrayLike<number> | undefined, rest: number) =>
    Float64Array.from({ length: rows }, (_, i) => of?.[first + i] ?? rest);
  const x: Column[] = Array.from({ length: inputDim }, (_, d) =>
    Float64Array.from({ length: rows }, (_row, i) => inputs[first + i]![d]!),
  );
  return {
    rows,
    weights: part(weights, 1),
    offset: part(offset, 0),
    gate: each(evaluateGate(layout, x, numbers, 1, 'weights').weights, experts, 1).map(([jet]) => jet!),
    outputs: each(evaluateOutputs(layout, x, numbers, 1), experts, units),
  };
}

function addBlock(
  { measure }: MaximumLikelihoodFit,
  family: Family,
  { rows, weights, offset, gate, outputs }: Block,
  values: Float64Array,
  gradients: readonly Float64Array[],
): void {
  const spread = (jet: Value) => spreadColumn(jet.value, rows);
  const [g, h] = [gate.map(spread), outputs.map((own) => own.map(spread))];
  const { experts, dispersions = [] } = measure;
  const isLaw = !selects(measure);
  const ofExpert = Array.from({ length: experts }, (_, e) => dispersions[e] ?? dispersions[0] ?? 1);
  const means = ofExpert.map(() => new Float64Array(rows));
  const slopes = ofExpert.map((_, e) => outputs[e]!.map(() => new Float64Array(rows)));
  const byGate = ofExpert.map(() => new Float64Array(rows));
  const sums = new Float64Array(rows).fill(1);
  if (!isLaw) for (let i = 0; i < rows; i++) sums[i] = g.reduce((sum, column) => sum + column[i]!, 0);
  values.forEach((_, c) => {
    for (let i = 0; i < rows; i++) {
      let mean = 0;
      for (let e = 0; e < experts; e++) {
        const weight = g[e]![i]! / sums[i]!;
        // Where an expert has no say it may overflow.
        const isSeen = weight > 0;
        const eta = h[e]!.map((column) => column[i]! + offset[i]!);
        const at = isSeen
          ? meanOf(family, { outputs: eta, dispersion: ofExpert[e]!, trials: 1, expert: e }, c)
          : { mean: 0, slopes: eta.map(() => 0) };
        means[e]![i] = at.mean;
        at.slopes.forEach((slope, u) => {
          slopes[e]![u]![i] = weights[i]! * weight * slope;
        });
        mean += weight * at.mean;
      }
      values[c] = values[c]! + weights[i]! * mean;
      for (let e = 0; e < experts; e++)
        byGate[e]![i] = g[e]![i]! > 0 ? (weights[i]! * (means[e]![i]! - mean)) / sums[i]! : 0;
    }
    for (let e = 0; e < experts; e++) {
      addAlong(gradients[c]!, gate[e]!, byGate[e]!, rows);
      for (const [u, output] of outputs[e]!.entries()) addAlong(gradients[c]!, output, slopes[e]![u]!, rows);
    }
  });
}

/** Adds $\sum_i a_i \nabla z_i$. */
function addAlong(
  gradient: Float64Array,
  { support, gradient: slopes }: Value,
  by: Float64Array,
  rows: number,
): void {
  support.forEach((place, a) => {
    const slope = slopes[a]!;
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      if (by[i] !== 0) sum += by[i]! * (typeof slope === 'number' ? slope : slope[i]!);
    }
    gradient[place] = gradient[place]! + sum;
  });
}

/** The mean of one expert's law, or the probability of a class, with its derivatives by the outputs, which the link knows. */
function meanOf(
  family: Family,
  law: ResponseLaw,
  ofClass: number,
): { readonly mean: number; readonly slopes: readonly number[] } {
  if (family.isClass === true) {
    const probabilities = Array.from(law.outputs, (_, c) => family.tails(law, c)[1]);
    const own = probabilities[ofClass]!;
    return { mean: own, slopes: probabilities.map((other, u) => own * ((u === ofClass ? 1 : 0) - other)) };
  }
  const mean = family.mean(law);
  const slope = { identity: 1, log: mean, logit: mean * (1 - mean) }[family.link];
  return { mean, slopes: [slope] };
}
