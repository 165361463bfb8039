import { type Stream, stream } from '@tfjs-moe/core';
import { symmetricEigen } from '@tfjs-moe/numerics';
import { dot } from '../../passes/column-loops.ts';
import { emPass } from '../../passes/em-pass.ts';
import type { Evaluate } from '../../passes/mixture-rows.ts';
import { logLikelihoodAt, weightsOf } from '../../passes/value-pass.ts';
import { mostRows } from '../../problem/part.ts';
import type { Problem } from '../../problem/problem.ts';
import { solveSemidefinite, unitDiagonal } from '../solve.ts';
import { bestStretches, type Held } from './crossings.ts';

/** Stretches of a line that the likelihood is computed on. */
const TRIED = 3;
/** Steps of scoring towards the softmax over all experts. */
const STEPS = 4;

/**
 * A better division of the rows among the experts: the gate is moved along lines to where the likelihood is highest.
 *
 * EM and Newton see a selection as a constant, so that neither moves a row from one expert to another for its own sake.
 * Here the lines are the axes of the gate's numbers in units of what they do to the logits, random ones, and the one
 * towards the softmax that EM would fit if the gate selected every expert. Along each, the jumps are known
 * (`crossings.ts`), and a point is taken only if the likelihood itself is higher there.
 *
 * A point with a higher likelihood, all of the axes, and what was better among random lines, walked once.
 */
export function betterDivision(
  problem: Problem,
  evaluate: Evaluate,
  start: { readonly at: Float64Array; readonly value: number },
  round: number,
): { at: Float64Array; value: number } | undefined {
  const { selection, data } = problem;
  if (selection === undefined) return undefined;
  let { at, value } = start;
  const slack = 1e-12 * (Math.abs(value) + data.totalWeight);
  const walk = (direction: Float64Array) => {
    const held = heldAt(problem, evaluate, at, selection.k);
    const scores = selection.scores(at);
    const ahead = selection.scores(at.map((entry, j) => entry + direction[j]!));
    const slopes = ahead.map((column, e) => column.map((score, i) => score - scores[e]![i]!));
    for (const { at: time } of bestStretches(held, scores, slopes, TRIED)) {
      const next = at.map((entry, j) => entry + time * direction[j]!);
      const reached = logLikelihoodAt(problem, evaluate, next);
      if (!(reached > value + slack)) continue;
      at = next;
      value = reached;
      return;
    }
  };
  const random = stream(0, 'selection', round);
  for (const direction of axes(problem, evaluate, at, random)) walk(direction);
  walk(towardsSoftmax(problem, evaluate, at));
  return value > start.value ? { at, value } : undefined;
}

function heldAt(problem: Problem, evaluate: Evaluate, at: Float64Array, k: number): Held {
  const { data, source } = problem;
  const { experts } = problem.layout.shape;
  const table = () => Array.from({ length: experts }, () => new Float64Array(data.n));
  const logDensity = table();
  const logits = table();
  for (const block of source.blocks) {
    const { parts, densities } = evaluate(block, at, 0);
    for (let e = 0; e < experts; e++) {
      logDensity[e]!.set(densities[e]!.log.subarray(0, block.rows), block.first);
      logits[e]!.set(parts.logits[e]!.value.subarray(0, block.rows), block.first);
    }
  }
  return { k, weights: data.weights, logDensity, logits };
}

/** Axes of $\sum_i w_i \sum_e \nabla z_e \nabla z_e^\top$, and as many random combinations of them. */
function axes(problem: Problem, evaluate: Evaluate, at: Float64Array, random: Stream): Float64Array[] {
  const { source, coordinates } = problem;
  const size = coordinates.firstExpert;
  const gram = new Float64Array(size * size);
  const product = new Float64Array(mostRows(source.blocks));
  for (const block of source.blocks) {
    const { parts } = evaluate(block, at, 1, true);
    const w = weightsOf(problem, block.first, block.rows);
    for (const { support, gradient } of parts.logits) {
      support.forEach((row, a) => {
        for (let i = 0; i < block.rows; i++) product[i] = w[i]! * gradient[a]![i]!;
        for (let b = 0; b <= a; b++) {
          const place = row + support[b]! * size;
          gram[place] = gram[place]! + dot(product, gradient[b]!, block.rows);
        }
      });
    }
  }
  const { scaled, scales } = unitDiagonal(gram, size, 1);
  const { values, vectors } = symmetricEigen(scaled);
  const own = Array.from({ length: size }, (_, k) => k)
    .filter((k) => values[k]! > 1e-12 * size)
    .map((k) => {
      const direction = new Float64Array(coordinates.size);
      for (let j = 0; j < size; j++)
        direction[j] = (vectors.data[j + k * size]! * scales[j]!) / Math.sqrt(values[k]!);
      return direction;
    });
  const mixed = own.map(() => {
    const parts = own.map(() => random.normal());
    return Float64Array.from({ length: coordinates.size }, (_, j) =>
      parts.reduce((sum, part, k) => sum + part * own[k]![j]!, 0),
    );
  });
  return [...own, ...mixed];
}

/** From a point to the gate that a softmax over all experts would have with these densities. */
function towardsSoftmax(problem: Problem, evaluate: Evaluate, at: Float64Array): Float64Array {
  const { source, data, coordinates } = problem;
  const { experts } = problem.layout.shape;
  const { firstExpert: size } = coordinates;
  const given = Array.from({ length: experts }, () => new Float64Array(data.n));
  for (const block of source.blocks) {
    const { densities } = evaluate(block, at, 0);
    for (let i = 0; i < block.rows; i++) {
      const most = densities.reduce((largest, { log }) => Math.max(largest, log[i]!), -Infinity);
      const sum = densities.reduce((total, { log }) => total + Math.exp(log[i]! - most), 0);
      densities.forEach(({ log }, e) => {
        given[e]![block.first + i] = Math.exp(log[i]! - most) / sum;
      });
    }
  }
  const level = at.slice().fill(0, 0, size);
  // A temperature is not 0.
  let goal = problem.isAllowed(level) ? level : at;
  for (let step = 0; step < STEPS; step++) {
    const { gate } = emPass(problem, evaluate, goal, given);
    const moves = solveSemidefinite(gate.information, gate.gradient);
    const next = goal.map((value, j) => (j < size ? value + moves[j]! : value));
    if (!problem.isAllowed(next)) break;
    goal = next;
  }
  return goal.map((value, j) => value - at[j]!);
}
