import type { Problem } from '../../problem/problem.ts';

/** What one expert misses of rows that are given to it one by one. */
export interface Misfit {
  clear(): void;
  add(row: number): void;
  /** Of the rows so far. */
  readonly weight: number;
  /** The sum of squares that is left, in the units of outputs; of classes minus the log-likelihood of their shares. */
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

function squares({ data, onOutputScale: y }: Problem, columns: readonly Float64Array[]): Misfit {
  const { weights } = data;
  const p = columns.length;
  /** The triangle, by rows, with the response behind every row. */
  const r = new Float64Array(p * (p + 1));
  const row = new Float64Array(p + 1);
  let weight = 0;
  let value = 0;
  return {
    clear() {
      r.fill(0);
      weight = 0;
      value = 0;
    },
    add(place) {
      const w = weights[place]!;
      const root = Math.sqrt(w);
      for (let j = 0; j < p; j++) row[j] = root * columns[j]![place]!;
      row[p] = root * y[place]!;
      weight += w;
      for (let j = 0; j < p; j++) {
        const own = row[j]!;
        if (Math.abs(own) <= DEPENDENT * root) continue;
        const at = j * (p + 1);
        const old = r[at + j]!;
        const length = Math.sqrt(old * old + own * own);
        const cosine = old / length;
        const sine = own / length;
        for (let k = j; k <= p; k++) {
          const above = r[at + k]!;
          const here = row[k]!;
          r[at + k] = cosine * above + sine * here;
          row[k] = cosine * here - sine * above;
        }
      }
      value += row[p]! * row[p]!;
    },
    get weight() {
      return weight;
    },
    get value() {
      return value;
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
