import { selects } from '@tfjs-moe/measures';
import type { Columns } from '../../sample.ts';
import type { Coordinates } from './coordinates.ts';
import { selectionAt } from './evaluate-definition.ts';
import type { Layout } from './layout.ts';
import { bestOf } from './ranks.ts';

/**
 * Selection: how a gate that sends every row to its k best experts chooses them, as far as a fit has to know.
 *
 * In the numbers of such a gate the likelihood jumps wherever a row changes one of its experts, where two of its scores
 * change places. Between the jumps it is smooth in the weights, and of top-1, whose weight is 1, constant.
 */
export interface Selection {
  /** Experts per row. */
  readonly k: number;
  /**
   * E columns of numbers, the k largest of a row selected: of all rows, or of some.
   */
  scores(at: Float64Array, rows?: readonly number[]): Float64Array[];
  /** Directions of the gate's coordinates that neither weights nor selection depend on. */
  unseen(at: Float64Array): number;
  /** The same law with scores of standard deviation 1 in a row, on average, where their scale is not seen. */
  withUnitScale(at: Float64Array): Float64Array;
}

const ROWS = 4096;

/**
 * The selection of a layout's gate; nothing where it sends every row everywhere, or chooses otherwise than by the largest
 * scores.
 * @param input inputs to try it at
 * @param trials numbers to try it at
 * @param known the scores, where they are cheaper elsewhere
 */
export function selectionOf(
  layout: Layout,
  { n, inputs }: Columns,
  { toNumbers, firstExpert: gateSize }: Coordinates,
  input: readonly Float64Array[],
  trials: readonly Float64Array[],
  known?: Selection['scores'],
): Selection | undefined {
  const { shape } = layout;
  const k = shape.gate.expertsPerToken(shape.experts);
  if (!selects(shape)) return undefined;
  const rows = input[0]!.length;
  const isByScores = trials.every((numbers) => {
    const { selected, scores } = selectionAt(layout, input, numbers, rows);
    return bestOf(scores, k, rows).every((mask, e) =>
      mask.every((value, i) => value === (selected[e]?.[i] ?? 1)),
    );
  });
  if (!isByScores) return undefined;
  return {
    k,
    scores(at, some) {
      if (known !== undefined) return known(at, some);
      const numbers = toNumbers(at);
      if (some !== undefined) {
        const picked = inputs.map((column) => Float64Array.from(some, (i) => column[i]!));
        return selectionAt(layout, picked, numbers, some.length).scores;
      }
      const all = Array.from({ length: shape.experts }, () => new Float64Array(n));
      for (let first = 0; first < n; first += ROWS) {
        const size = Math.min(ROWS, n - first);
        const piece = inputs.map((column) => column.subarray(first, first + size));
        selectionAt(layout, piece, numbers, size).scores.forEach((column, e) => {
          all[e]!.set(column, first);
        });
      }
      return all;
    },
    unseen(at) {
      // The weight of a single expert is 1 whatever the logits; of several, the logits are seen.
      if (k > 1) return 0;
      const idle = Array.from({ length: gateSize }, (_, j) => j).filter((place) =>
        multiplies(
          at,
          at.map((value, j) => (j === place ? value + 1 : value)),
          1,
        ),
      ).length;
      return idle + (idle < gateSize && multiplies(at, scaled(at, 2), 2) ? 1 : 0);
    },
    withUnitScale(at) {
      if (k > 1 || !multiplies(at, scaled(at, 2), 2)) return at;
      const { scores } = selectionAt(layout, input, toNumbers(at), rows);
      const means = Array.from({ length: rows }, (_, i) => scores.reduce((sum, own) => sum + own[i]!, 0));
      const square = scores
        .flatMap((own) => [...own].map((score, i) => (score - means[i]! / shape.experts) ** 2))
        .reduce((sum, term) => sum + term / (rows * shape.experts), 0);
      return square > 0 ? scaled(at, 1 / Math.sqrt(square)) : at;
    },
  };

  function scoresOf(at: Float64Array): number[] {
    return selectionAt(layout, input, toNumbers(at), rows).scores.flatMap((column) => [...column]);
  }

  function scaled(at: Float64Array, factor: number): Float64Array {
    return at.map((value, j) => (j < gateSize ? factor * value : value));
  }

  /** Whether the scores at another point are those at this one times a factor. */
  function multiplies(at: Float64Array, other: Float64Array, factor: number): boolean {
    const here = scoresOf(at);
    return scoresOf(other).every((score, i) => Math.abs(score - factor * here[i]!) <= 1e-9 * Math.abs(score));
  }
}
