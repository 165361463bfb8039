import type { DensityColumns } from '../problem/density.ts';
import type { Block, Part } from '../problem/part.ts';
import type { Problem } from '../problem/problem.ts';
import { addProduct, dot, multiply, total } from './column-loops.ts';
import type { Evaluate, MixtureRows } from './mixture-rows.ts';
import { weightsOf } from './value-pass.ts';

export interface SecondOrder {
  readonly value: number;
  readonly gradient: Float64Array;
  /** Lower triangle, column-major. */
  readonly hessian: Float64Array;
}

export type Differentiate = (at: Float64Array) => SecondOrder;

/**
 * The log-likelihood with its exact gradient and Hessian, the observed information, in one pass.
 *
 * With $z_e$ the logits, $v_e = \nabla(z_e + \log f_e)$, weights g and responsibilities r, a row has
 * $$\nabla \ell = \sum_e r_e v_e - \sum_e g_e \nabla z_e$$
 * $$\nabla^2 \ell = \sum_e r_e (\nabla^2 (z_e + \log f_e) + v_e v_e^\top) - \bar v \bar v^\top - \sum_e g_e (\nabla^2 z_e +
 * \nabla z_e \nabla z_e^\top) + \bar z \bar z^\top,$$ where $\bar v = \sum_e r_e v_e$ and $\bar z = \sum_e g_e \nabla z_e$.
 */
export function derivativesPass(problem: Problem, evaluate: Evaluate): Differentiate {
  const { coordinates, source, logScale } = problem;
  const { size, firstExpert: gateSize } = coordinates;
  const { experts } = problem.layout.shape;
  const most = source.blocks[0]!.rows;
  const table = (columns: number) => Array.from({ length: columns }, () => new Float64Array(most));
  const joint = table(size);
  const gate = table(gateSize);
  const slopes = table(size);
  const weighted = new Float64Array(most);
  const product = new Float64Array(most);

  /** hessian += sign sum_i base_i a_i b_i over pairs of columns. */
  function addPairs(
    hessian: Float64Array,
    places: readonly number[],
    columns: readonly Float64Array[],
    base: Float64Array,
    sign: number,
    rows: number,
  ): void {
    for (let a = 0; a < places.length; a++) {
      multiply(product, base, columns[a]!, rows);
      for (let b = 0; b <= a; b++) {
        const place = places[a]! + places[b]! * size;
        hessian[place] = hessian[place]! + sign * dot(product, columns[b]!, rows);
      }
    }
  }

  function addSecond(hessian: Float64Array, part: Part, base: Float64Array, rows: number): void {
    if (part.hessian === undefined) return;
    let next = 0;
    for (let a = 0; a < part.support.length; a++) {
      for (let b = 0; b <= a; b++) {
        const column = part.hessian[next++];
        if (column === undefined) continue;
        const place = part.support[a]! + part.support[b]! * size;
        hessian[place] = hessian[place]! + dot(base, column, rows);
      }
    }
  }

  const difference = new Float64Array(most);
  const every = Array.from({ length: size }, (_, j) => j);
  const everyOfGate = every.slice(0, gateSize);

  function addBlock(block: Block, state: MixtureRows, gradient: Float64Array, hessian: Float64Array): void {
    const { rows, first } = block;
    const w = weightsOf(problem, first, rows);
    for (const column of joint) column.fill(0);
    for (const column of gate) column.fill(0);
    for (let e = 0; e < experts; e++) {
      const r = state.responsibilities[e]!;
      const g = state.weights[e]!;
      const density = state.densities[e]!;
      const logit = state.parts.logits[e]!;
      const outputs = state.parts.outputs[e]!;
      multiply(weighted, w, r, rows);
      const { places, columns } = rowSlopes(problem, logit, outputs, density, e, slopes, rows);
      addPairs(hessian, places, columns, weighted, 1, rows);
      places.forEach((place, a) => {
        addProduct(joint[place]!, r, columns[a]!, rows);
      });
      if (density.noise !== undefined) addNoise(hessian, e, places, columns, density.noise, rows);
      outputs.forEach((part, c) => {
        multiply(difference, weighted, density.slopes[c]!, rows);
        addSecond(hessian, part, difference, rows);
        outputs.forEach((other, d) => {
          const curvature = density.curvatures[c >= d ? (c * (c + 1)) / 2 + d : (d * (d + 1)) / 2 + c]!;
          const isColumn = typeof curvature !== 'number';
          if (isColumn) multiply(difference, weighted, curvature, rows);
          addCurvature(
            hessian,
            part,
            other,
            isColumn ? difference : weighted,
            isColumn ? 1 : curvature,
            rows,
          );
        });
      });
      if (logit.support.length > 0) {
        for (let i = 0; i < rows; i++) difference[i] = w[i]! * (r[i]! - g[i]!);
        addSecond(hessian, logit, difference, rows);
        multiply(weighted, w, g, rows);
        addPairs(hessian, logit.support, logit.gradient, weighted, -1, rows);
        logit.support.forEach((place, a) => {
          addProduct(gate[place]!, g, logit.gradient[a]!, rows);
        });
      }
    }
    addPairs(hessian, every, joint, w, -1, rows);
    addPairs(hessian, everyOfGate, gate, w, 1, rows);
    for (let j = 0; j < size; j++) gradient[j] = gradient[j]! + dot(w, joint[j]!, rows);
    for (let j = 0; j < gateSize; j++) gradient[j] = gradient[j]! - dot(w, gate[j]!, rows);
  }

  /** hessian -= factor sum_i base_i dh_c dh_d. */
  function addCurvature(
    hessian: Float64Array,
    part: Part,
    other: Part,
    base: Float64Array,
    factor: number,
    rows: number,
  ): void {
    for (let a = 0; a < part.support.length; a++) {
      multiply(product, base, part.gradient[a]!, rows);
      for (let b = 0; b < other.support.length; b++) {
        if (other.support[b]! > part.support[a]!) break;
        const place = part.support[a]! + other.support[b]! * size;
        hessian[place] = hessian[place]! - factor * dot(product, other.gradient[b]!, rows);
      }
    }
  }

  /** $\partial^2 \log f / \partial h\, \partial\log\sigma = -2 \partial\log f/\partial h$, and $-2(y-h)^2/\sigma^2$. */
  function addNoise(
    hessian: Float64Array,
    e: number,
    places: readonly number[],
    columns: readonly Float64Array[],
    noise: Float64Array,
    rows: number,
  ): void {
    const { firstNoise, noises } = coordinates;
    const place = firstNoise + (noises === 1 ? 0 : e);
    const own = place + place * size;
    hessian[own] = hessian[own]! - 2 * (dot(weighted, noise, rows) + total(weighted, rows));
    places.forEach((other, a) => {
      if (other < gateSize || other >= firstNoise) return;
      const cross = place + other * size;
      hessian[cross] = hessian[cross]! - 2 * dot(weighted, columns[a]!, rows);
    });
  }

  return (at) => {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    let value = 0;
    for (const block of source.blocks) {
      const state = evaluate(block, at, 2);
      value += dot(weightsOf(problem, block.first, block.rows), state.logDensity, block.rows);
      addBlock(block, state, gradient, hessian);
    }
    return { value: Number.isNaN(value) ? -Infinity : value + logScale, gradient, hessian };
  };
}

/**
 * $v_e = \nabla (z_e + \log f_e)$: the coordinates it depends on, ascending, with a column each.
 * @param scratch columns to write to, at least as many
 */
export function rowSlopes(
  { coordinates }: Problem,
  logit: Part,
  outputs: readonly Part[],
  density: DensityColumns,
  expert: number,
  scratch: readonly Float64Array[],
  rows: number,
): { places: number[]; columns: Float64Array[] } {
  const places = [...logit.support];
  const columns = [...logit.gradient] as Float64Array[];
  const found = new Map<number, number>();
  let used = 0;
  const own: number[] = [];
  const ownColumns: Float64Array[] = [];
  outputs.forEach((part, c) => {
    part.support.forEach((place, a) => {
      const known = found.get(place);
      if (known !== undefined) {
        addProduct(ownColumns[known]!, density.slopes[c]!, part.gradient[a]!, rows);
        return;
      }
      const column = scratch[used++]!;
      multiply(column, density.slopes[c]!, part.gradient[a]!, rows);
      found.set(place, own.length);
      own.push(place);
      ownColumns.push(column);
    });
  });
  const order = own.map((_, i) => i).sort((i, j) => own[i]! - own[j]!);
  for (const i of order) {
    places.push(own[i]!);
    columns.push(ownColumns[i]!);
  }
  if (density.noise !== undefined) {
    places.push(coordinates.firstNoise + (coordinates.noises === 1 ? 0 : expert));
    columns.push(density.noise);
  }
  return { places, columns };
}
