import { column, matrix, packed, packedSize } from '@tfjs-moe/numerics';
import type { Ball } from '@tfjs-moe/numerics/precise';
import type { Allowance } from '../decide/allowance.ts';
import { type BallRow, certifyPositive, type PositiveCertificate } from './certify-positive.ts';
import { identityWeights } from './identity-weights.ts';
import {
  GUARD,
  normalised,
  projected,
  type Scaled,
  shifted,
  sizeOf,
  toNumber,
  unit,
} from './integer-vectors.ts';
import { combinationOf } from './search.ts';

interface Found {
  readonly weights?: readonly bigint[];
  /** Where there are none: per block other coordinates, the directions of least curvature first. */
  readonly turns?: readonly (readonly Float64Array[])[];
}

/** What is left of functions at points when the free ones are projected out. */
interface Rests {
  /** Per block and entry of the lower triangle; nothing where that is rounding. */
  readonly rests: readonly (readonly (Scaled | undefined)[])[];
  /** Entries in an order, with the power of two that brings what is left of the diagonals near 1. */
  readonly places: readonly {
    readonly b: number;
    readonly i: number;
    readonly j: number;
    readonly shift: number;
  }[];
  /** Per block and coordinate half of that. */
  readonly exponents: readonly (readonly number[])[];
}

/**
 * Weights on points as in `searchWeights`, where float64 does not see the functions apart, such as saturated atoms, atoms
 * that nearly coincide and deep routers: the free functions are projected out in integers of many bits, after which what is
 * left of the second derivatives is of size 1 and float64 suffices. The weights are integers in units of $2^{-bits}$,
 * orthogonal to the free functions but for rounding.
 *
 * What it finds is proved elsewhere or not used.
 */
function searchPrecisely(
  rows: readonly BallRow[],
  sizes: readonly number[],
  { rests, places, exponents }: Rests,
  bits: number,
  allowance: Allowance,
): Found {
  const rest = matrix(rows.length, places.length);
  places.forEach(({ b, i, j, shift }, k) => {
    const of = rests[b]![packed(i, j)];
    if (of === undefined) return;
    const into = column(rest, k);
    const factor = i === j ? 1 : Math.SQRT2;
    of.entries.forEach((entry, n) => {
      into[n] = factor * toNumber(entry, of.exponent + shift);
    });
  });
  const { combination, soft } = combinationOf(rest, sizes, allowance);
  if (combination === undefined) {
    // In the coordinates that were asked about: a turn of scaled ones.
    const turns = soft?.map((vectors, b) =>
      vectors.map((vector) => vector.map((value, i) => value * 2 ** exponents[b]![i]!)),
    );
    return turns ? { turns } : {};
  }
  const total = rows.map(() => 0n);
  places.forEach(({ b, i, j, shift }, k) => {
    const of = rests[b]![packed(i, j)];
    if (of === undefined) return;
    const factor = combination[k]! * (i === j ? 1 : Math.SQRT2);
    const whole = BigInt(Math.round(factor * 2 ** 52));
    const by = of.exponent + shift - 52 + bits;
    of.entries.forEach((entry, n) => {
      total[n] = total[n]! + shifted(entry * whole, by);
    });
  });
  return { weights: total };
}

/** Nothing where a free function, or the second derivative in a coordinate, is nothing but free functions. */
function restsOf(
  rows: readonly BallRow[],
  sizes: readonly number[],
  bits: number,
  { spend }: Allowance,
): Rests | undefined {
  const working = bits + GUARD;
  const columnOf = (of: (row: BallRow) => Ball) =>
    normalised({ entries: rows.map((row) => of(row).mid), exponent: -bits }, working);
  const basis: Scaled[] = [];
  for (const j of rows[0]!.free.keys()) {
    const rest = projected(
      columnOf(({ free }) => free[j]!),
      basis,
      working,
      spend,
    );
    // A function that is nothing but others to all bits has no part in a proof.
    if (rest === undefined) return undefined;
    basis.push(unit(rest, working));
  }
  const rests = sizes.map((size, b) =>
    Array.from({ length: packedSize(size) }, (_, k) =>
      projected(
        columnOf(({ curved }) => curved[b]![k]!),
        basis,
        working,
        spend,
      ),
    ),
  );
  // Powers of two by coordinate that bring what is left of the diagonal near 1.
  const exponents = sizes.map((size, b) =>
    Array.from({ length: size }, (_, i) => {
      const diagonal = rests[b]![packed(i, i)];
      return diagonal === undefined ? Number.NaN : -Math.round(sizeOf(diagonal) / 2);
    }),
  );
  if (exponents.flat().some(Number.isNaN)) return undefined;
  const places = sizes.flatMap((size, b) =>
    Array.from({ length: size }, (_, i) => i).flatMap((i) =>
      Array.from({ length: i + 1 }, (__, j) => ({ b, i, j, shift: exponents[b]![i]! + exponents[b]![j]! })),
    ),
  );
  return { rests, places, exponents };
}

/** Coordinates that are tried, each the directions in which the last ones had least curvature. */
const MOST_TURNS = 4;
/** Fractional bits of coordinates, which need not be exact. */
const COORDINATE = 40;

/**
 * The proof by a search in integers. Where directions between coordinates have less curvature than float64 sees beside
 * the others, as that from an atom to one that nearly coincides with it, they are made coordinates themselves.
 */
export function provePrecisely(
  rows: readonly BallRow[],
  sizes: readonly number[],
  bits: number,
  allowance: Allowance,
): PositiveCertificate | undefined {
  let turned = rows;
  // log2 of an upper bound on the norm of all turns together.
  let growth = 0;
  for (let turn = 0; turn <= MOST_TURNS; turn++) {
    const left = restsOf(turned, sizes, bits, allowance);
    if (left === undefined) return undefined;
    const prove = (weights: readonly bigint[] | undefined) =>
      weights && certifyPositive(turned, sizes, { weights }, bits, allowance);
    const columns = left.places.flatMap(({ b, i, j, shift }) => {
      const of = left.rests[b]![packed(i, j)];
      return of ? [{ of: { ...of, exponent: of.exponent + shift }, wanted: i === j ? 1n : 0n }] : [];
    });
    const first = prove(identityWeights(columns, bits, allowance));
    const { weights, turns } = first ? {} : searchPrecisely(turned, sizes, left, bits, allowance);
    const proof = first ?? prove(weights);
    if (proof) return { ...proof, curvature: proof.curvature * 2 ** (-2 * growth - 1e-6) };
    if (turns === undefined) return undefined;
    const whole = turns.map((vectors) => vectors.map(rounded));
    growth += Math.max(...whole.map((vectors) => Math.log2(normOf(vectors))));
    turned = turned.map((row) => ({
      ...row,
      curved: row.curved.map((triangle, b) => turnedTriangle(triangle, whole[b]!)),
    }));
  }
  return undefined;
}

/** A direction of length near 1 in integers of so many bits: its length does not matter. */
function rounded(vector: Float64Array): bigint[] {
  const most = Math.max(...vector.map(Math.abs));
  return Array.from(vector, (value) => BigInt(Math.round((value / most) * 2 ** COORDINATE)));
}

/** An upper bound on the norm of a matrix of such directions. */
function normOf(vectors: readonly (readonly bigint[])[]): number {
  return Math.hypot(...vectors.flat().map((entry) => Number(entry) * 2 ** -COORDINATE)) * (1 + 1e-9);
}

/** $u_i^\top H u_j$ from the lower triangle of H, in balls. */
function turnedTriangle(triangle: readonly Ball[], vectors: readonly (readonly bigint[])[]): Ball[] {
  return vectors.flatMap((u, i) =>
    vectors.slice(0, i + 1).map((v) => {
      let [mid, rad] = [0n, 0n];
      u.forEach((a, p) => {
        v.forEach((b, q) => {
          const factor = a * b;
          if (factor === 0n) return;
          const entry = triangle[packed(Math.max(p, q), Math.min(p, q))]!;
          mid += factor * entry.mid;
          rad += (factor < 0n ? -factor : factor) * entry.rad;
        });
      });
      const by = BigInt(2 * COORDINATE);
      return { mid: mid >> by, rad: (rad >> by) + 2n };
    }),
  );
}
