import { matrix, symmetricEigen } from '@tfjs-moe/numerics';
import type { Evaluate } from '../passes/mixture-rows.ts';
import { weightsOf } from '../passes/value-pass.ts';
import type { Problem } from '../problem/problem.ts';

/** What flat directions of a gate say of its experts. */
export interface Separation {
  /** Pairs of neighbours, from 0, between which the gate divides the rows without error. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Whether some flat direction is flat for another reason, as where experts are alike. */
  readonly hasOther: boolean;
  /** Whether every border is one of the pairs, and no row is between experts. */
  readonly isWhole: boolean;
  /** Pairs whose difference does not move along what has run to infinity. */
  readonly determined: readonly (readonly [number, number])[];
}

/** Mean variance of a change of the logits under the gate's weights, below which the gate decides every row that it moves. */
const DECIDED = 1e-6;
const MOVES = 1e-6;
/** Weights this close to 0 and 1 everywhere are a hard partition. */
const HARD = 1e-4;

/**
 * Which borders of a gate have run to infinity: along a flat direction the likelihood does not change either because every
 * row whose logits change has its expert already, or because experts are alike.
 *
 * @param flat directions of the gate's coordinates that the likelihood does not change along
 */
export function separationOf(
  problem: Problem,
  evaluate: Evaluate,
  at: Float64Array,
  flat: readonly Float64Array[],
): Separation {
  const { experts } = problem.layout.shape;
  const m = flat.length;
  const spread = matrix(m, m);
  /** Of every pair, how far each two directions move its difference together. */
  const differences = Array.from({ length: experts * experts }, () => matrix(m, m));
  const pairs = allPairs(experts);
  const meets = new Set<number>();
  let softest = 0;
  for (const block of problem.source.blocks) {
    const { parts, weights } = evaluate(block, at, 1, true);
    const w = weightsOf(problem, block.first, block.rows);
    const changes = flat.map((direction) =>
      parts.logits.map(({ support, gradient }) => {
        const change = new Float64Array(block.rows);
        support.forEach((place, a) => {
          for (let i = 0; i < block.rows; i++) change[i] = change[i]! + direction[place]! * gradient[a]![i]!;
        });
        return change;
      }),
    );
    for (let i = 0; i < block.rows; i++) {
      if (w[i] === 0) continue;
      const [first, second] = topTwo(parts.logits.map(({ value }) => value[i]!));
      meets.add(pairOf(first, second, experts));
      softest = Math.max(softest, 1 - weights[first]![i]!);
      const rows = changes.map((change) => change.map((each) => each[i]!));
      const means = rows.map((row) => row.reduce((sum, value, e) => sum + weights[e]![i]! * value, 0));
      for (let p = 0; p < m; p++) {
        for (let q = 0; q < m; q++) {
          let variance = 0;
          for (let e = 0; e < experts; e++)
            variance += weights[e]![i]! * (rows[p]![e]! - means[p]!) * (rows[q]![e]! - means[q]!);
          spread.data[p + q * m] = spread.data[p + q * m]! + (w[i]! * variance) / problem.data.totalWeight;
          for (const [a, b] of pairs) {
            const of = differences[pairOf(a, b, experts)]!;
            of.data[p + q * m] =
              of.data[p + q * m]! +
              (w[i]! * (rows[p]![a]! - rows[p]![b]!) * (rows[q]![a]! - rows[q]![b]!)) /
                problem.data.totalWeight;
          }
        }
      }
    }
  }
  const { values, vectors } = symmetricEigen(spread);
  const decided = Array.from(values.keys()).filter((k) => values[k]! < DECIDED);
  const isMoved = (pair: number) =>
    decided.some((k) => {
      const v = vectors.data.subarray(k * m, (k + 1) * m);
      const { data } = differences[pair]!;
      let sum = 0;
      for (let p = 0; p < m; p++) for (let q = 0; q < m; q++) sum += v[p]! * v[q]! * data[p + q * m]!;
      return sum > MOVES;
    });
  const borders = [...meets].sort((a, b) => a - b);
  const moved = borders.filter(isMoved);
  return {
    pairs: moved.map((pair) => [Math.floor(pair / experts), pair % experts] as const),
    hasOther: decided.length < m,
    isWhole: moved.length === borders.length && softest < HARD,
    determined: pairs.filter(([a, b]) => !isMoved(pairOf(a, b, experts))),
  };
}

function allPairs(experts: number): [number, number][] {
  return Array.from({ length: experts }, (_, a) =>
    Array.from({ length: experts - a - 1 }, (_unused, b): [number, number] => [a, a + 1 + b]),
  ).flat();
}

function pairOf(a: number, b: number, experts: number): number {
  return Math.min(a, b) * experts + Math.max(a, b);
}

function topTwo(values: readonly number[]): [number, number] {
  let [first, second] = values[1]! > values[0]! ? [1, 0] : [0, 1];
  for (let e = 2; e < values.length; e++) {
    if (values[e]! > values[first]!) [first, second] = [e, first];
    else if (values[e]! > values[second]!) second = e;
  }
  return [first, second];
}
