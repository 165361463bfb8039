/**
 * Selection: how a gate that sends every row to its k best experts chooses them, as far as a fit has to know.
 *
 * In the numbers of such a gate the likelihood jumps wherever a row changes one of its experts, where two of its scores
 * change places. Between the jumps it is smooth in the weights, and of top-1, whose weight is 1, constant.
 */
import type { Coordinates } from '../likelihood/coordinates.ts';
import { selectionAt } from '../likelihood/jets-source.ts';
import type { Layout } from '../likelihood/layout.ts';
import { selects } from '../measure/law.ts';
import type { Columns } from '../sample.ts';
import { bestOf } from './ranks.ts';

export interface Selection {
  /** Experts per row. */
  readonly k: number;
  /**
   * E columns of numbers, the k largest of a row selected: of all rows, or of some.
   */
  scores(at: Float64Array, rows?: readonly number[]): Float64Array[];
  /** Directions of the gate's coordinates that neither weights nor selection depend on. */
  unseen(at: Float64Array): number;
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
      const scoresOf = (point: Float64Array) =>
        selectionAt(layout, input, toNumbers(point), rows).scores.flatMap((column) => [...column]);
      const here = scoresOf(at);
      const isSame = (point: Float64Array, factor: number) =>
        scoresOf(point).every((score, i) => Math.abs(score - factor * here[i]!) <= 1e-12 * Math.abs(score));
      const places = Array.from({ length: gateSize }, (_, j) => j);
      const idle = places.filter((place) =>
        isSame(
          at.map((value, j) => (j === place ? value + 1 : value)),
          1,
        ),
      );
      const isScaled = isSame(
        at.map((value, j) => (j < gateSize ? 2 * value : value)),
        2,
      );
      return idle.length + (isScaled && idle.length < gateSize ? 1 : 0);
    },
  };
}
