import { emPass } from '../passes/em-pass.ts';
import type { Evaluate } from '../passes/mixture-rows.ts';
import { unitsOf } from '../passes/value-pass.ts';
import type { Problem } from '../problem/problem.ts';
import { firstStep } from './first-step.ts';
import { solveSemidefinite } from './solve.ts';

/** Loss of the log-likelihood, over all rows, below which a gate is as sharp as a climb should start with. */
const SHARP = 0.01;
const MOST_STEPS = 60;
/** Part of the rows that a soft gate may give to others. */
const MOST_MISSED = 0.1;
/** Logits to the next expert, beyond which weights are 0 and 1 to rounding. */
const LIMIT = 40;

/** A point from which hard clusters are kept. */
export interface SharpPoint {
  readonly at: Float64Array;
  /** $-\sum_i w_i \log g_{i, c_i}$: what the gate leaves of the likelihood of the clusters. */
  readonly loss: number;
  readonly isSharp: boolean;
}

/**
 * The M-step of hard clusters with the gate solved to convergence: to the maximum of $\sum_i w_i \log g_{i, c_i}$, or where
 * that is at infinity, because a gate can divide the rows as the clusters do, until the gate is sharp.
 *
 * A gate of one step is soft, and from a soft gate EM slides off a sharp change.
 */
export function sharpPoint(
  problem: Problem,
  evaluate: Evaluate,
  from: Float64Array,
  labels: Int32Array,
): SharpPoint {
  const { firstExpert: gateSize } = problem.coordinates;
  const given = Array.from({ length: problem.layout.shape.experts }, (_, e) =>
    Float64Array.from(labels, (label) => (label === e ? 1 : 0)),
  );
  let at = firstStep(problem, evaluate, from, given);
  let loss = lossAt(problem, evaluate, at, labels).loss;
  for (let round = 0; round < MOST_STEPS && loss > SHARP; round++) {
    const { gate } = emPass(problem, evaluate, at, given);
    const step = solveSemidefinite(gate.information, gate.gradient);
    let next: Float64Array | undefined;
    let after = loss;
    for (let length = 1; length > 1e-4 && next === undefined; length /= 2) {
      const point = at.slice();
      for (let j = 0; j < gateSize; j++) point[j] = point[j]! + length * step[j]!;
      if (!problem.isAllowed(point)) continue;
      after = lossAt(problem, evaluate, point, labels).loss;
      if (after < loss) next = point;
    }
    if (next === undefined) break;
    const gain = loss - after;
    at = next;
    loss = after;
    if (gain < 1e-3 * loss) break;
  }
  return { at, loss, isSharp: loss <= SHARP };
}

/** The same clusters at the limit of the gate: its weights 0 and 1. Where logits are not linear in it, the point itself. */
export function atLimit(
  problem: Problem,
  evaluate: Evaluate,
  { at, loss }: SharpPoint,
  labels: Int32Array,
): Float64Array {
  const { firstExpert: gateSize } = problem.coordinates;
  const { least } = lossAt(problem, evaluate, at, labels);
  const factor = Math.max(1, LIMIT / least);
  const point = at.map((value, j) => (j < gateSize ? factor * value : value));
  if (!problem.isAllowed(point)) return at;
  return lossAt(problem, evaluate, point, labels).loss <= loss ? point : at;
}

/** Whether a soft gate leans to the clusters so far that a sharp one may divide the rows as they do. */
export function divides(problem: Problem, evaluate: Evaluate, at: Float64Array, labels: Int32Array): boolean {
  let missed = 0;
  for (const block of problem.source.blocks) {
    const { weights } = evaluate(block, at, 0, true);
    for (let i = 0; i < block.rows; i++) {
      const own = weights[labels[block.first + i]!]![i]!;
      if (weights.some((g) => g[i]! > own)) missed++;
    }
  }
  return missed <= MOST_MISSED * labels.length;
}

/** The loss at a point, and the smallest logarithm of the odds that a row has for its own cluster. */
function lossAt(
  problem: Problem,
  evaluate: Evaluate,
  at: Float64Array,
  labels: Int32Array,
): { readonly loss: number; readonly least: number } {
  let loss = 0;
  let least = Infinity;
  for (const block of problem.source.blocks) {
    const { weights } = evaluate(block, at, 0, true);
    const w = unitsOf(problem, block.first, block.rows);
    for (let i = 0; i < block.rows; i++) {
      if (w[i] === 0) continue;
      const own = labels[block.first + i]!;
      let others = 0;
      weights.forEach((g, e) => {
        if (e !== own) others += g[i]!;
      });
      // Near 1 the others say more.
      loss -= w[i]! * (others < 0.5 ? Math.log1p(-others) : Math.log(weights[own]![i]!));
      least = Math.min(least, Math.log(weights[own]![i]! / others));
    }
  }
  return { loss, least };
}
