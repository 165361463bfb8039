const ALIASED = 1e-7;

/**
 * An orthonormal basis of some columns, $\Phi = U R$ with $\tfrac{1}{W}\sum_i w_i U_i U_i^\top = I$, by Gram and Schmidt
 * with every column orthogonalised twice.
 *
 * A constant column comes first, so that the others are centred. Column j is left out where it depends on those before
 * it: what is left of it is below $10^{-7}$ of its length, the tolerance of R's `lm`.
 */
export interface Basis {
  readonly columns: readonly Float64Array[];
  /** Which of the given columns are in it, in the order of the basis. */
  readonly kept: readonly number[];
  /** $R \theta$ of the kept columns' coefficients. */
  multiply(coefficients: readonly number[]): Float64Array;
  /** $R^{-1} u$. */
  solve(u: ArrayLike<number>): Float64Array;
  /** Coefficients in the basis of a column that lies in its span; nothing where it does not. */
  coefficientsOf(column: Float64Array): Float64Array | undefined;
}

export function orthonormalBasis(given: readonly Float64Array[], weights: Float64Array): Basis {
  const totalWeight = weights.reduce((sum, w) => sum + w, 0);
  const inner = (a: Float64Array, b: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += weights[i]! * a[i]! * b[i]!;
    return sum / totalWeight;
  };
  const columns: Float64Array[] = [];
  const kept: number[] = [];
  /** Column j of R. */
  const factors: number[][] = [];
  // Among columns that are the same in every row, the intercept: ones, and after the inputs in a layout.
  const rank = (column: Float64Array) =>
    column.every((value) => value === 1) ? 0 : column.every((value) => value === column[0]) ? 1 : 2;
  const ranks = given.map(rank);
  const order = given
    .map((_, j) => j)
    .sort((i, j) => ranks[i]! - ranks[j]! || (ranks[i] === 2 ? i - j : j - i));

  function project(column: Float64Array): { rest: Float64Array; along: number[]; length: number } {
    const rest = column.slice();
    const along = columns.map(() => 0);
    for (let pass = 0; pass < 2; pass++) {
      columns.forEach((unit, k) => {
        const part = inner(unit, rest);
        along[k] = along[k]! + part;
        for (let i = 0; i < rest.length; i++) rest[i] = rest[i]! - part * unit[i]!;
      });
    }
    return { rest, along, length: Math.sqrt(inner(rest, rest)) };
  }

  for (const j of order) {
    const column = given[j]!;
    const { rest, along, length } = project(column);
    if (!(length > ALIASED * Math.sqrt(inner(column, column)))) continue;
    for (let i = 0; i < rest.length; i++) rest[i] = rest[i]! / length;
    columns.push(rest);
    kept.push(j);
    factors.push([...along, length]);
  }

  return {
    columns,
    kept,
    multiply: (coefficients) =>
      Float64Array.from(columns, (_, k) => {
        let sum = 0;
        for (let j = k; j < columns.length; j++) sum += factors[j]![k]! * coefficients[j]!;
        return sum;
      }),
    solve(u) {
      const result = Float64Array.from(u);
      for (let j = columns.length - 1; j >= 0; j--) {
        result[j] = result[j]! / factors[j]![j]!;
        for (let k = 0; k < j; k++) result[k] = result[k]! - factors[j]![k]! * result[j]!;
      }
      return result;
    },
    coefficientsOf(column) {
      const { along, length } = project(column);
      return length <= 1e-10 * Math.sqrt(inner(column, column)) ? Float64Array.from(along) : undefined;
    },
  };
}
