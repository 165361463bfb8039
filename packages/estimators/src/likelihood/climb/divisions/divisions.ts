import { stream } from '@tfjs-moe/core';
import { columnsSeen, rowsThatCount } from '../../../sample.ts';
import type { Problem } from '../../problem/problem.ts';
import { criterionOf } from './criterion.ts';
import { bestCuts, type Costing, moved } from './cuts.ts';
import { columnsToCut, type Direction, ordered } from './directions.ts';
import { misfitOf, standardised } from './misfit.ts';
import { MOST_FIRST, type Split, splitOfSplits } from './splits.ts';

/** Rows dealt to experts without a doubt. */
export interface Division {
  readonly labels: Int32Array;
  /** With every expert at its best for its rows and weights of the gate that are 0 and 1; of classes, at least. */
  readonly logLikelihood: number;
}

/** Places to cut at that the search for several cuts begins with, at least. */
const FEWEST_PLACES = 16;
/** Passes over all rows that the search may take for every expert: a small part of what climbs take. */
const PASSES = 10;
/** Work that is always allowed: rows times squared columns times passes. */
const SMALL_WORK = 5e6;

/**
 * Divisions of the rows as sharp gates make them, the likelier first: by the best cuts along one direction, and for more than
 * two experts also by splits of splits.
 *
 * Directions are the inputs, their principal directions and `further` columns. Of one cut along up to four inputs every
 * place is tried, for numbers by the likelihood of least squares on the experts' own columns, elsewhere on the inputs. Where
 * trying all would take longer than the climbs it is for, directions and places are chosen on some of the rows; the places
 * along the best direction are then moved to the best of all rows.
 */
export function divisionsOf(problem: Problem, further: readonly Float64Array[]): Division[] {
  const { data, layout } = problem;
  const { experts } = layout.shape;
  const columns = problem.expertColumns ?? [
    new Float64Array(data.n).fill(1),
    ...columnsSeen(data, 'expertInputs').map((column) =>
      standardised(column, data.weights, data.totalWeight),
    ),
  ];
  const costing: Costing = { misfit: misfitOf(problem, columns), criterion: criterionOf(problem) };
  const toCut = columnsToCut(data, further);
  if (toCut.length === 0) return [];
  const all = rowsThatCount(data);
  const passes =
    toCut.length *
    (experts === 2 ? 2 : FEWEST_PLACES + 4 * (experts - 1) * Math.min(MOST_FIRST, toCut.length));
  const most = Math.ceil(
    Math.max((all.length * PASSES * experts) / passes, SMALL_WORK / (columns.length ** 2 * passes)),
  );
  const rows = all.length <= most ? all : someOf(all, most);
  const directions = toCut.map((values) => ordered(values, rows));
  const places = Math.max(
    FEWEST_PLACES,
    Math.floor(SMALL_WORK / (rows.length * columns.length ** 2 * toCut.length)),
  );

  const found: (readonly Split[] | undefined)[] = [];
  const best = directions
    .map((direction) => ({ direction, ...bestCuts(costing, direction, experts, places) }))
    .reduce((a, b) => (b.cost < a.cost ? b : a));
  if (best.cost < Infinity) {
    const coarse = splitsAt(best.direction, best.places);
    found.push(rows === all ? coarse : finer(costing, coarse, all));
  }
  if (experts > 2 && toCut.length > 1) found.push(splitOfSplits(costing, directions, experts, data.n));
  return found
    .flatMap((splits): Division[] => {
      if (splits === undefined) return [];
      const labels = dealt(splits, data.n);
      return [
        { labels, logLikelihood: costing.criterion.logLikelihood(costOf(costing, labels, all, experts)) },
      ];
    })
    .filter(({ logLikelihood }) => logLikelihood > -Infinity)
    .sort((a, b) => b.logLikelihood - a.logLikelihood);
}

function someOf(rows: Uint32Array, most: number): Uint32Array {
  const order = stream(0, 'divisions').permutation(rows.length);
  return Uint32Array.from(order.subarray(0, most), (i) => rows[i]!).sort();
}

/** The groups between some places as splits: each is what the one before leaves on the far side. */
function splitsAt({ order, values }: Direction, places: readonly number[]): Split[] {
  return places.map((place, label) => ({
    label,
    values,
    above: values[order[place - 1]!]!,
  }));
}

/** The same cuts along the same direction, moved to the best places of all rows. */
function finer(costing: Costing, splits: readonly Split[], all: Uint32Array): readonly Split[] {
  const direction = ordered(splits[0]!.values, all);
  const places = splits.map(({ above }) =>
    direction.order.findIndex((row) => direction.values[row]! > above),
  );
  const { places: better, cost } = moved(costing, direction, places);
  return cost < Infinity ? splitsAt(direction, better) : splits;
}

/** The group of every row: splits in turn move what is beyond them to a new one. */
function dealt(splits: readonly Split[], n: number): Int32Array {
  const labels = new Int32Array(n);
  splits.forEach(({ label, values, above }, i) => {
    for (let row = 0; row < n; row++) if (labels[row] === label && values[row]! > above) labels[row] = i + 1;
  });
  return labels;
}

function costOf(
  { misfit, criterion }: Costing,
  labels: Int32Array,
  rows: Uint32Array,
  experts: number,
): number {
  let sum = 0;
  for (let group = 0; group < experts; group++) {
    misfit.clear();
    for (const row of rows) if (labels[row] === group) misfit.add(row);
    sum += criterion.cost(misfit.value, misfit.weight);
  }
  return sum;
}
