/**
 * Where climbs start: responsibilities, from which a first M-step makes a point.
 *
 * `random` is flexmix's default: every row belongs to a random expert, with 0.9 against 0.1 for the others. `clusters` is
 * a random centre per expert among the rows, each row to the nearest, inputs and response in units of their deviation.
 * `lines` fits a least-squares plane to a few random rows per expert and gives each row to the plane that is nearest;
 * it is for numbers as responses. Rows of a group have the label of most of them.
 *
 * Source: Gruen and Leisch, "FlexMix Version 2" (2008); Arthur and Vassilvitskii, "k-means++" (2007).
 */
import { type Stream, stream } from '@tfjs-moe/core';
import { leastSquares, matrix } from '@tfjs-moe/numerics';
import { type Columns, columnsSeen, responsesOf, rowsOfColumns, rowsThatCount } from '../../sample.ts';
import { type Given, softened } from '../problem/given.ts';

export type StartKind = 'clusters' | 'lines' | 'random';

const kinds: readonly StartKind[] = ['clusters', 'lines', 'random'];

/** The kind of a start by its index: all kinds take turns. */
export function kindOfStart(index: number, isClasses: boolean): StartKind {
  const kind = kinds[index % kinds.length]!;
  return isClasses && kind === 'lines' ? 'random' : kind;
}

/** Responsibilities from the rows that count alone: what stands in the others may mean anything. */
export function startOf(kind: StartKind, data: Columns, experts: number, seed: number, index: number): Given {
  const rows = rowsThatCount(data);
  const labels = labelsOf(
    kind,
    rows.length === data.n ? data : rowsOfColumns(data, rows),
    experts,
    stream(seed, 'start', index),
  );
  if (rows.length === data.n) return softened(ofGroups(kind, labels, data.groups), experts);
  const all = new Int32Array(data.n);
  rows.forEach((row, i) => {
    all[row] = labels[i]!;
  });
  return softened(ofGroups(kind, all, data.groups), experts);
}

/** The label that most rows of a group have; of random ones that of the first. */
function ofGroups(kind: StartKind, labels: Int32Array, groups: Int32Array | undefined): Int32Array {
  if (groups === undefined) return labels;
  const result = labels.slice();
  for (let first = 0, end = 0; first < labels.length; first = end) {
    const counts = new Map<number, number>();
    for (end = first; end < labels.length && groups[end] === groups[first]; end++)
      counts.set(labels[end]!, 1 + (counts.get(labels[end]!) ?? 0));
    const most = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
    result.fill(kind === 'random' ? labels[first]! : most, first, end);
  }
  return result;
}

function labelsOf(kind: StartKind, data: Columns, experts: number, random: Stream): Int32Array {
  if (kind === 'random') return labelled(data.n, () => random.integer(experts));
  return kind === 'clusters' ? clusterLabels(data, experts, random) : lineLabels(data, experts, random);
}

function labelled(n: number, of: (row: number) => number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => of(i));
}

/** Nearest of random centres, chosen far apart, refined by a few rounds of k-means. */
function clusterLabels(data: Columns, experts: number, random: Stream): Int32Array {
  const columns = [...data.inputs, ...responsesOf(data).map(({ values }) => values)].map(standardised);
  const centres: number[][] = [rowOf(columns, random.integer(data.n))];
  const nearest = new Float64Array(data.n).fill(Infinity);
  while (centres.length < experts) {
    const latest = centres.at(-1)!;
    let sum = 0;
    for (let i = 0; i < data.n; i++) {
      nearest[i] = Math.min(nearest[i]!, squaredDistance(columns, i, latest));
      sum += nearest[i]!;
    }
    let mark = random.uniform() * sum;
    let chosen = random.integer(data.n);
    for (let i = 0; i < data.n && sum > 0; i++) {
      mark -= nearest[i]!;
      if (mark > 0) continue;
      chosen = i;
      break;
    }
    centres.push(rowOf(columns, chosen));
  }
  let labels: Int32Array = new Int32Array(data.n);
  for (let round = 0; round < 5; round++) {
    labels = labelled(data.n, (i) =>
      indexOfSmallest(centres.map((centre) => squaredDistance(columns, i, centre))),
    );
    const sums = centres.map(() => new Float64Array(columns.length));
    const counts = new Float64Array(experts);
    labels.forEach((label, i) => {
      counts[label] = counts[label]! + 1;
      columns.forEach((column, j) => {
        sums[label]![j] = sums[label]![j]! + column[i]!;
      });
    });
    centres.forEach((centre, e) => {
      if (counts[e]! > 0) for (let j = 0; j < centre.length; j++) centre[j] = sums[e]![j]! / counts[e]!;
    });
  }
  return labels;
}

/** Nearest of planes through a few random rows each. */
function lineLabels(data: Columns, experts: number, random: Stream): Int32Array {
  const inputs = columnsSeen(data, 'expertInputs').map(standardised);
  const responses = responsesOf(data).map(({ values }) => values);
  const size = Math.min(data.n, inputs.length + 2);
  const planes = Array.from({ length: experts }, () => {
    const rows = Array.from({ length: size }, () => random.integer(data.n));
    const a = matrix(size, inputs.length + 1);
    rows.forEach((row, i) => {
      a.data[i] = 1;
      inputs.forEach((column, j) => {
        a.data[i + (j + 1) * size] = column[row]!;
      });
    });
    return responses.map((response) => {
      const { solution } = leastSquares(
        a,
        rows.map((row) => response[row]!),
        1e-10,
      );
      return solution;
    });
  });
  return labelled(data.n, (i) =>
    indexOfSmallest(
      planes.map((own) => {
        let square = 0;
        own.forEach((plane, c) => {
          let value = plane[0]!;
          for (let j = 0; j < inputs.length; j++) value += plane[j + 1]! * inputs[j]![i]!;
          square += (responses[c]![i]! - value) ** 2;
        });
        return square;
      }),
    ),
  );
}

function standardised(column: Float64Array): Float64Array {
  const mean = column.reduce((sum, value) => sum + value / column.length, 0);
  const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2 / column.length, 0));
  return column.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}

function rowOf(columns: readonly Float64Array[], row: number): number[] {
  return columns.map((column) => column[row]!);
}

function squaredDistance(columns: readonly Float64Array[], row: number, centre: readonly number[]): number {
  let sum = 0;
  for (let j = 0; j < columns.length; j++) sum += (columns[j]![row]! - centre[j]!) ** 2;
  return sum;
}

function indexOfSmallest(values: readonly number[]): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! < values[best]!) best = k;
  return best;
}
