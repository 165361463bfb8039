import type { Part } from '../problem/part.ts';
import { dot, multiply } from './column-loops.ts';

/** Sums over rows that are added to a Hessian: the lower triangle of [size, size], column-major. */
export interface HessianSums {
  /** hessian += sign sum_i base_i a_i b_i over pairs of columns. */
  addPairs(
    hessian: Float64Array,
    places: readonly number[],
    columns: readonly Float64Array[],
    base: Float64Array,
    sign: number,
    rows: number,
  ): void;
  /** hessian += sum_i base_i d2h, where a part has second derivatives. */
  addSecond(hessian: Float64Array, part: Part, base: Float64Array, rows: number): void;
  /** hessian -= factor sum_i base_i dh_c dh_d. */
  addCurvature(
    hessian: Float64Array,
    part: Part,
    other: Part,
    base: Float64Array,
    factor: number,
    rows: number,
  ): void;
}

/**
 * Closures over what stays the same: the innermost loops of a fit are a sixth slower where they read it from an object.
 * @param product room for a column of so many rows as a block has, which every sum writes over
 */
export function hessianSums(size: number, product: Float64Array): HessianSums {
  return {
    addPairs(hessian, places, columns, base, sign, rows) {
      for (let a = 0; a < places.length; a++) {
        multiply(product, base, columns[a]!, rows);
        for (let b = 0; b <= a; b++) {
          const place = places[a]! + places[b]! * size;
          hessian[place] = hessian[place]! + sign * dot(product, columns[b]!, rows);
        }
      }
    },
    addSecond(hessian, part, base, rows) {
      if (part.hessian === undefined) return;
      let next = 0;
      for (let a = 0; a < part.support.length; a++) {
        for (let b = 0; b <= a; b++) {
          const column = part.hessian[next++];
          if (column === undefined) continue;
          const place = part.support[a]! + part.support[b]! * size;
          hessian[place] = hessian[place]! + dot(base, column, rows);
        }
      }
    },
    addCurvature(hessian, part, other, base, factor, rows) {
      for (let a = 0; a < part.support.length; a++) {
        multiply(product, base, part.gradient[a]!, rows);
        for (let b = 0; b < other.support.length; b++) {
          if (other.support[b]! > part.support[a]!) break;
          const place = part.support[a]! + other.support[b]! * size;
          hessian[place] = hessian[place]! - factor * dot(product, other.gradient[b]!, rows);
        }
      }
    },
  };
}
