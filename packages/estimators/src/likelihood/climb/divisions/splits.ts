import { bestCut, type Costing } from './cuts.ts';
import type { Direction } from './directions.ts';

/** Of the rows of a group, those above some value of a column become a group of their own. */
export interface Split {
  readonly label: number;
  readonly values: Float64Array;
  readonly above: number;
}

/** Most directions that splits of splits begin with. */
export const MOST_FIRST = 6;

/** A group with its best split along every direction, ascending by cost. */
interface Group {
  readonly label: number;
  readonly cost: number;
  readonly splits: readonly {
    readonly cost: number;
    readonly values: Float64Array;
    readonly above: number;
  }[];
}

/**
 * One group of all rows, split again and again along the direction where that gains most; begun with the best split along
 * each of some directions in turn, because the one that gains most need not lead furthest.
 */
export function splitOfSplits(
  costing: Costing,
  directions: readonly Direction[],
  experts: number,
  n: number,
): readonly Split[] | undefined {
  const groupOf = (label: number, labels: Int32Array): Group => {
    const splits = directions.map(({ order, values }) => {
      const own = order.filter((row) => labels[row] === label);
      const { places, cost } = bestCut(costing, { order: own, values });
      const place = places[0] ?? 0;
      return {
        cost,
        values,
        above: place === 0 ? Infinity : values[own[place - 1]!]!,
      };
    });
    const { misfit, criterion } = costing;
    misfit.clear();
    for (const row of directions[0]!.order) if (labels[row] === label) misfit.add(row);
    const cost = criterion.cost(misfit.value, misfit.weight);
    return { label, cost, splits: splits.sort((a, b) => a.cost - b.cost) };
  };
  const whole = groupOf(0, new Int32Array(n));
  let best: { readonly splits: readonly Split[]; readonly cost: number } | undefined;
  for (const first of whole.splits.slice(0, MOST_FIRST)) {
    const labels = new Int32Array(n);
    const splits: Split[] = [];
    let groups: readonly Group[] = [{ ...whole, splits: [first] }];
    for (let next = 1; next < experts; next++) {
      const { label, splits: own } = groups.reduce((a, b) => (gainOf(b) > gainOf(a) ? b : a));
      const { values, above, cost } = own[0]!;
      if (!(cost < Infinity)) break;
      splits.push({ label, values, above });
      for (const row of directions[0]!.order) {
        if (labels[row] === label && values[row]! > above) labels[row] = next;
      }
      groups = [
        ...groups.filter((group) => group.label !== label),
        groupOf(label, labels),
        groupOf(next, labels),
      ];
    }
    const cost = groups.reduce((sum, group) => sum + group.cost, 0);
    if (groups.length === experts && !(cost >= (best?.cost ?? Infinity))) best = { splits, cost };
  }
  return best?.splits;
}

function gainOf({ cost, splits }: Group): number {
  return splits[0]!.cost < Infinity ? cost - splits[0]!.cost : -Infinity;
}
