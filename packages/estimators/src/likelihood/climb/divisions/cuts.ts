import type { Criterion } from './criterion.ts';
import type { Direction } from './directions.ts';
import type { Misfit } from './misfit.ts';

/** The places where an order is cut, ascending, and what the groups between them cost. */
export interface Cuts {
  readonly places: readonly number[];
  readonly cost: number;
}

const MOST_ROUNDS = 10;

/** What costs of growing groups are computed with. */
export interface Costing {
  readonly misfit: Misfit;
  readonly criterion: Criterion;
}

/**
 * The best single cut of the rows from one place to another in an order, by trying each: what is left of it grows from the
 * left, and what is right of it from the right. Between rows with equal values there is none.
 */
export function bestCut(
  { misfit, criterion }: Costing,
  { order, values }: Direction,
  from: number = 0,
  to: number = order.length,
): Cuts {
  const left = new Float64Array(to - from);
  misfit.clear();
  for (let i = from; i < to; i++) {
    misfit.add(order[i]!);
    left[i - from] = criterion.cost(misfit.value, misfit.weight);
  }
  misfit.clear();
  let best: Cuts = { places: [], cost: Infinity };
  for (let i = to - 1; i > from; i--) {
    misfit.add(order[i]!);
    if (!(left[i - 1 - from]! < Infinity) || values[order[i]!] === values[order[i - 1]!]) continue;
    const cost = left[i - 1 - from]! + criterion.cost(misfit.value, misfit.weight);
    if (cost < best.cost) best = { places: [i], cost };
  }
  return best;
}

/**
 * The best cuts of an order into some groups: the best among `most` evenly spread places, by dynamic programming, each then
 * moved to the best place between its neighbours until none moves. Exact where there are no more places than `most`.
 *
 * Source: Bai and Perron, "Computation and analysis of multiple structural change models" (2003).
 */
export function bestCuts(costing: Costing, direction: Direction, groups: number, most: number): Cuts {
  if (groups === 2) return bestCut(costing, direction);
  const { order } = direction;
  const ends = [0, ...thinned(placesOf(direction), most), order.length];
  const costs = costsBetween(costing, order, ends);
  /** Of the rows before every end in so many groups: the cost, and where the last group begins. */
  let least = ends.map((_, b) => (b === 0 ? Infinity : costs[0]![b]!));
  const begins: number[][] = [];
  for (let group = 2; group <= groups; group++) {
    const begin = ends.map(() => 0);
    least = ends.map((_, b) => {
      let cost = Infinity;
      for (let a = 1; a < b; a++) {
        const here = least[a]! + costs[a]![b]!;
        if (here < cost) {
          cost = here;
          begin[b] = a;
        }
      }
      return cost;
    });
    begins.push(begin);
  }
  const cost = least.at(-1)!;
  if (!(cost < Infinity)) return { places: [], cost };
  const places: number[] = [];
  let end = ends.length - 1;
  for (let group = begins.length - 1; group >= 0; group--) {
    end = begins[group]![end]!;
    places.unshift(ends[end]!);
  }
  return moved(costing, direction, places);
}

/** Cuts of an order moved one by one to the best place between their neighbours. */
export function moved(costing: Costing, direction: Direction, start: readonly number[]): Cuts {
  const { order } = direction;
  const places = [...start];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let isMoved = false;
    places.forEach((place, i) => {
      const [better] = bestCut(costing, direction, places[i - 1] ?? 0, places[i + 1] ?? order.length).places;
      if (better === undefined || better === place) return;
      places[i] = better;
      isMoved = true;
    });
    if (!isMoved) break;
  }
  const ends = [0, ...places, order.length];
  const costs = costsBetween(costing, order, ends);
  return { places, cost: places.reduce((sum, _, i) => sum + costs[i + 1]![i + 2]!, costs[0]![1]!) };
}

/** What the rows from one end to a later one cost, of every pair. */
function costsBetween(
  { misfit, criterion }: Costing,
  order: Uint32Array,
  ends: readonly number[],
): Float64Array[] {
  return ends.map((from, a) => {
    const costs = new Float64Array(ends.length).fill(Infinity);
    misfit.clear();
    for (let b = a + 1, i = from; b < ends.length; b++) {
      for (; i < ends[b]!; i++) misfit.add(order[i]!);
      costs[b] = criterion.cost(misfit.value, misfit.weight);
    }
    return costs;
  });
}

/** Where an order may be cut. */
function placesOf({ order, values }: Direction): number[] {
  const places: number[] = [];
  for (let i = 1; i < order.length; i++) if (values[order[i]!] !== values[order[i - 1]!]) places.push(i);
  return places;
}

function thinned(places: readonly number[], most: number): readonly number[] {
  if (places.length <= most) return places;
  return Array.from({ length: most }, (_, i) => places[Math.floor(((i + 0.5) * places.length) / most)]!);
}
