import type { DispersionColumns } from '@tfjs-moe/measures';
import { type Block, mostRows } from '../problem/part.ts';
import type { Problem } from '../problem/problem.ts';
import { addProduct, dot, multiply } from './column-loops.ts';
import { type HessianSums, hessianSums } from './hessian-sums.ts';
import type { Evaluate, MixtureRows } from './mixture-rows.ts';
import { penalisedDerivatives } from './penalised.ts';
import { rowSlopes } from './row-slopes.ts';
import { unitsOf, weightsOf } from './value-pass.ts';

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
 * A group has the same with the sum of its rows' $\log f_e$ in place of one.
 */
export function derivativesPass(problem: Problem, evaluate: Evaluate): Differentiate {
  const { source, logScale } = problem;
  const { size } = problem.coordinates;
  const room = roomFor(problem);
  return (at) => {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    let value = 0;
    for (const block of source.blocks) {
      const rows = blockRows(problem, block, evaluate(block, at, 2), room);
      value += dot(rows.units, rows.state.logDensity, block.rows);
      for (let e = 0; e < problem.layout.shape.experts; e++) addExpert(hessian, rows, e);
      addMeans(hessian, gradient, rows);
    }
    return penalisedDerivatives(problem, at, {
      value: Number.isNaN(value) ? -Infinity : value + logScale,
      gradient,
      hessian,
    });
  };
}

/** Columns that are written over in every block. */
interface Room {
  readonly sums: HessianSums;
  /** $\bar v$, a column per coordinate. */
  readonly joint: readonly Float64Array[];
  /** $\bar z$, a column per coordinate of the gate. */
  readonly gate: readonly Float64Array[];
  readonly slopes: readonly Float64Array[];
  readonly weighted: Float64Array;
  readonly difference: Float64Array;
  /** 0, 1, ... for the columns of `joint` and `gate`. */
  readonly places: readonly number[];
  readonly placesOfGate: readonly number[];
}

function roomFor({ coordinates, source }: Problem): Room {
  const { size, firstExpert: gateSize } = coordinates;
  const column = () => new Float64Array(mostRows(source.blocks));
  const places = Array.from({ length: size }, (_, j) => j);
  return {
    joint: places.map(column),
    gate: places.slice(0, gateSize).map(column),
    slopes: places.map(column),
    weighted: column(),
    sums: hessianSums(size, column()),
    difference: column(),
    places,
    placesOfGate: places.slice(0, gateSize),
  };
}

/** A block of rows, evaluated. */
interface BlockRows {
  readonly problem: Problem;
  readonly block: Block;
  readonly rows: number;
  /** Their weights, and those of groups at their first rows. */
  readonly w: Float64Array;
  readonly units: Float64Array;
  readonly state: MixtureRows;
  readonly room: Room;
}

function blockRows(problem: Problem, block: Block, state: MixtureRows, room: Room): BlockRows {
  for (const column of room.joint) column.fill(0);
  for (const column of room.gate) column.fill(0);
  const { first, rows } = block;
  const [w, units] = [weightsOf, unitsOf].map((of) => of(problem, first, rows)) as [
    Float64Array,
    Float64Array,
  ];
  return { problem, block, rows, w, units, state, room };
}

/** What expert e adds to the Hessian, and to the means $\bar v$ and $\bar z$. */
function addExpert(hessian: Float64Array, block: BlockRows, e: number): void {
  const { room, w, units, rows } = block;
  const r = block.state.responsibilities[e]!;
  multiply(room.weighted, units, r, rows);
  addSlopes(hessian, block, e);
  if (w !== units) multiply(room.weighted, w, r, rows);
  const { dispersion } = block.state.densities[e]!;
  if (dispersion !== undefined) addDispersion(hessian, block, e, dispersion);
  addOutputs(hessian, block, e);
  addLogit(hessian, block, e);
}

/** $r_e v_e v_e^\top$, and $r_e v_e$ to the mean. */
function addSlopes(hessian: Float64Array, { problem, block, rows, state, room }: BlockRows, e: number): void {
  const { logits, outputs } = state.parts;
  const r = state.responsibilities[e]!;
  const density = state.densities[e]!;
  const { places, columns } = rowSlopes(problem, logits[e]!, outputs[e]!, density, e, room.slopes, block);
  room.sums.addPairs(hessian, places, columns, room.weighted, 1, rows);
  places.forEach((place, a) => {
    addProduct(room.joint[place]!, r, columns[a]!, rows);
  });
}

/** $r_e$ times the second derivatives that $\lambda = \log\varphi$ has a part in. */
function addDispersion(
  hessian: Float64Array,
  { problem, rows, state, room }: BlockRows,
  e: number,
  { curvature, cross }: DispersionColumns,
): void {
  const { size, noiseOf } = problem.coordinates;
  const { weighted, difference } = room;
  const place = noiseOf[e]!;
  if (place < 0) return;
  const own = place + place * size;
  hessian[own] = hessian[own]! + dot(weighted, curvature, rows);
  multiply(difference, weighted, cross, rows);
  for (const { support, gradient } of state.parts.outputs[e]!) {
    support.forEach((other, a) => {
      const at = place + other * size;
      hessian[at] = hessian[at]! + dot(difference, gradient[a]!, rows);
    });
  }
}

/** $r_e \nabla^2 \log f_e$ by the outputs: their second derivatives, and the curvature of the density. */
function addOutputs(hessian: Float64Array, { rows, state, room }: BlockRows, e: number): void {
  const { weighted, difference } = room;
  const { slopes, curvatures } = state.densities[e]!;
  const outputs = state.parts.outputs[e]!;
  outputs.forEach((part, c) => {
    multiply(difference, weighted, slopes[c]!, rows);
    room.sums.addSecond(hessian, part, difference, rows);
    outputs.forEach((other, d) => {
      const curvature = curvatures[c >= d ? (c * (c + 1)) / 2 + d : (d * (d + 1)) / 2 + c]!;
      if (typeof curvature === 'number') {
        room.sums.addCurvature(hessian, part, other, weighted, curvature, rows);
        return;
      }
      multiply(difference, weighted, curvature, rows);
      room.sums.addCurvature(hessian, part, other, difference, 1, rows);
    });
  });
}

/** $(r_e - g_e) \nabla^2 z_e - g_e \nabla z_e \nabla z_e^\top$, and $g_e \nabla z_e$ to the mean. */
function addLogit(hessian: Float64Array, { rows, units: w, state, room }: BlockRows, e: number): void {
  const { weighted, difference, gate } = room;
  const logit = state.parts.logits[e]!;
  if (logit.support.length === 0) return;
  const r = state.responsibilities[e]!;
  const g = state.weights[e]!;
  for (let i = 0; i < rows; i++) difference[i] = w[i]! * (r[i]! - g[i]!);
  room.sums.addSecond(hessian, logit, difference, rows);
  multiply(weighted, w, g, rows);
  room.sums.addPairs(hessian, logit.support, logit.gradient, weighted, -1, rows);
  logit.support.forEach((place, a) => {
    addProduct(gate[place]!, g, logit.gradient[a]!, rows);
  });
}

/** $-\bar v \bar v^\top + \bar z \bar z^\top$, and the gradient. */
function addMeans(hessian: Float64Array, gradient: Float64Array, { rows, units: w, room }: BlockRows): void {
  const { joint, gate, places, placesOfGate } = room;
  room.sums.addPairs(hessian, places, joint, w, -1, rows);
  room.sums.addPairs(hessian, placesOfGate, gate, w, 1, rows);
  for (const j of places) gradient[j] = gradient[j]! + dot(w, joint[j]!, rows);
  for (const j of placesOfGate) gradient[j] = gradient[j]! - dot(w, gate[j]!, rows);
}
