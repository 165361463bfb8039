import { innovationsOf, trianglePlace, triangleSize } from '@tfjs-moe/measures';
import type { Problem } from '../../problem/problem.ts';

/** What one expert misses of rows that are given to it one by one. */
export interface Misfit {
  clear(): void;
  add(row: number): void;
  /** Of the rows so far. */
  readonly weight: number;
  /**
   * The sum of squares that is left, in the units of outputs; of several responses the weight times the determinant of the
   * covariance that is left; of classes minus the log-likelihood of their shares.
   */
  readonly value: number;
}

/** A column that depends on those before it leaves no more than this of its length. */
const DEPENDENT = 1e-9;

/**
 * The misfit of growing groups of rows. Of numbers it is that of least squares on `columns`, by Givens rotations of a row
 * at a time, which lose no digits where sums of products would; of classes that of their shares alone.
 */
export function misfitOf(problem: Problem, columns: readonly Float64Array[]): Misfit {
  return problem.family.isClass === true ? shares(problem) : squares(problem, columns);
}

function squares(
  { data, onOutputScale, moreOnOutputScale = [] }: Problem,
  columns: readonly Float64Array[],
): Misfit {
  const { weights } = data;
  const responses = [onOutputScale, ...moreOnOutputScale];
  const q = responses.length;
  const p = columns.length;
  const width = p + q;
  /** The triangle, by rows, with the responses behind every row. */
  const r = new Float64Array(p * width);
  const row = new Float64Array(width);
  /** What is left of the responses: the lower triangle of the products, row by row. */
  const left = new Float64Array(triangleSize(q));
  let weight = 0;
  return {
    clear() {
      r.fill(0);
      left.fill(0);
      weight = 0;
    },
    add(place) {
      const w = weights[place]!;
      const root = Math.sqrt(w);
      for (let j = 0; j < p; j++) row[j] = root * columns[j]![place]!;
      for (let c = 0; c < q; c++) row[p + c] = root * responses[c]![place]!;
      weight += w;
      for (let j = 0; j < p; j++) {
        const own = row[j]!;
        if (Math.abs(own) <= DEPENDENT * root) continue;
        const at = j * width;
        const old = r[at + j]!;
        const length = Math.sqrt(old * old + own * own);
        const cosine = old / length;
        const sine = own / length;
        for (let k = j; k < width; k++) {
          const above = r[at + k]!;
          const here = row[k]!;
          r[at + k] = cosine * above + sine * here;
          row[k] = cosine * here - sine * above;
        }
      }
      for (let c = 0; c < q; c++)
        for (let d = 0; d <= c; d++)
          left[trianglePlace(c, d)] = left[trianglePlace(c, d)]! + row[p + c]! * row[p + d]!;
    },
    get weight() {
      return weight;
    },
    get value() {
      if (q === 1) return left[0]!;
      const innovations = innovationsOf(Array.from(left, (sum) => sum / weight));
      if (innovations === undefined) return 0;
      return weight * Math.exp(2 * innovations.logDeviations.reduce((sum, log) => sum + log, 0));
    },
  };
}

function shares({ data: { response, weights }, law }: Problem): Misfit {
  const counts = new Float64Array(law.units);
  let weight = 0;
  return {
    clear() {
      counts.fill(0);
      weight = 0;
    },
    add(place) {
      counts[response[place]!] = counts[response[place]!]! + weights[place]!;
      weight += weights[place]!;
    },
    get weight() {
      return weight;
    },
    get value() {
      let sum = 0;
      for (const count of counts) if (count > 0) sum -= count * Math.log(count / weight);
      return sum;
    },
  };
}

/** A column of mean 0 and variance 1, by weight; zeros of one that is constant. */
export function standardised(column: Float64Array, weights: Float64Array, totalWeight: number): Float64Array {
  let mean = 0;
  for (let i = 0; i < column.length; i++) mean += (weights[i]! / totalWeight) * column[i]!;
  let square = 0;
  for (let i = 0; i < column.length; i++) square += (weights[i]! / totalWeight) * (column[i]! - mean) ** 2;
  const deviation = Math.sqrt(square);
  return column.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}
