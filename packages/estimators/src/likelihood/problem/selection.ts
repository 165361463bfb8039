import { readGate, selects } from '@tfjs-moe/measures';
import type { Columns } from '../../sample.ts';
import type { Coordinates } from './coordinates.ts';
import { selectionAt } from './evaluate-definition.ts';
import type { Layout } from './layout.ts';
import { someRows } from './some-rows.ts';
import { unseenBySelection } from './unseen-by-selection.ts';

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
  /** Of top-1, whose weights are constant: directions of the gate's coordinates that the selection does not depend on. */
  unseen(): number | undefined;
  /** The same law with scores of standard deviation 1 in a row, on average, where their scale is not seen. */
  withUnitScale(at: Float64Array): Float64Array;
}

const ROWS = 4096;

/**
 * The selection of a layout's gate; nothing where it sends every row everywhere, or is not read to choose by the largest
 * scores.
 * @param known the scores, where they are cheaper elsewhere
 */
export function selectionOf(
  layout: Layout,
  data: Columns,
  coordinates: Coordinates,
  known?: Selection['scores'],
): Selection | undefined {
  const { shape } = layout;
  const { toNumbers, firstExpert: gateSize } = coordinates;
  const order = selects(shape) ? readGate(shape.gate, shape.experts)?.order : undefined;
  if (!order?.by.includes('scores')) return undefined;
  const k = shape.gate.expertsPerToken(shape.experts);
  const isLinear = order.degree === 1;
  return {
    k,
    scores: known ?? ((at, some) => scoresAt(layout, data, toNumbers(at), some)),
    unseen() {
      // The weight of a single expert is 1 whatever the logits; of several, the logits are seen.
      if (k > 1) return undefined;
      return unseenBySelection(layout, coordinates, order.by.includes('logits') ? 'logits' : 'scores');
    },
    withUnitScale(at) {
      if (k > 1 || !isLinear) return at;
      const input = someRows(data);
      const rows = input[0]!.length;
      const { scores } = selectionAt(layout, input, toNumbers(at), rows);
      const means = Array.from({ length: rows }, (_, i) => scores.reduce((sum, own) => sum + own[i]!, 0));
      const square = scores
        .flatMap((own) => [...own].map((score, i) => (score - means[i]! / shape.experts) ** 2))
        .reduce((sum, term) => sum + term / (rows * shape.experts), 0);
      const factor = 1 / Math.sqrt(square);
      return square > 0 ? at.map((value, j) => (j < gateSize ? factor * value : value)) : at;
    },
  };
}

/** The scores of a gate at all rows, or at some. */
function scoresAt(
  layout: Layout,
  { n, inputs }: Columns,
  numbers: Float64Array,
  some?: readonly number[],
): Float64Array[] {
  if (some !== undefined) {
    const picked = inputs.map((column) => Float64Array.from(some, (i) => column[i]!));
    return selectionAt(layout, picked, numbers, some.length).scores;
  }
  const all = Array.from({ length: layout.shape.experts }, () => new Float64Array(n));
  for (let first = 0; first < n; first += ROWS) {
    const size = Math.min(ROWS, n - first);
    const piece = inputs.map((column) => column.subarray(first, first + size));
    selectionAt(layout, piece, numbers, size).scores.forEach((column, e) => {
      all[e]!.set(column, first);
    });
  }
  return all;
}
