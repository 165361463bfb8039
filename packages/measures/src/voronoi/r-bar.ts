import { expectInteger } from '@tfjs-moe/core';
import { matrix, symmetricEigen } from '@tfjs-moe/numerics';

/**
 * $\bar r(m) = 2m$: how slowly m Gaussian linear experts that are fitted to one come together, $n^{-1/2\bar r(m)}$.
 *
 * It is the smallest r for which $\sum_{i \le m} w_i\, e^{a_i z + b_i z^2} = \sum_i w_i + O(z^{r+1})$ has no solution with
 * $w_i > 0$ but $a = b = 0$: the papers' system of polynomial equations, whose other unknowns may be 0. The papers prove 4
 * for two, 6 for three, and at least 7 for more. In truth it is 2m:
 *
 * *No solution for r = 2m.* Times $e^{Cz^2}$ with a large C this says that the combination
 * $g = \sum_i w_i\, N(a_i, 2(b_i + C)) - \sum_i w_i\, N(0, 2C)$ of at most m + 1 Gaussian densities has the moments 0, ..., 2m all
 * zero. If g is not 0 it changes its sign 2m + 1 times at least, but k Gaussian densities allow 2(k - 1) changes. So g is 0, and
 * Gaussian densities are independent. *A solution for r = 2m - 1:* `rBarSolution`.
 *
 * Sources: Nguyen, Nguyen and Ho (2023), arXiv:2305.03288, Lemma 1, for the definition and for 4, 6 and 7; Kalai, Moitra and
 * Valiant, "Efficiently learning mixtures of two Gaussians" (2010), for the changes of sign. The value for all m is our own.
 *
 * @param atoms how many fitted atoms share a cell, at least 2
 */
export function rBar(atoms: number): number {
  return 2 * expectInteger('rBar', 'atoms', atoms, { min: 2 });
}

/** A solution of the equations up to $\bar r(m) - 1$, one entry for each of the m atoms. */
export interface RBarSolution {
  /** $w_i > 0$, with sum 1: $t_{5i}^2$ in the papers. */
  readonly weights: readonly number[];
  /** $a_i$: $t_{3i}$. */
  readonly means: readonly number[];
  /** $b_i$: $t_{4i}$, half of a change of variance. */
  readonly halfVariances: readonly number[];
}

/**
 * A solution of the system of $\bar r(m)$ for r = 2m - 1, which shows that $\bar r(m)$ is not smaller: nodes and weights of
 * Gauss's quadrature for the standard normal law, which has the moments of that law up to 2m - 1, with $b_i = -1/2$.
 *
 * @param atoms m, from 2 to 64
 */
export function rBarSolution(atoms: number): RBarSolution {
  expectInteger('rBarSolution', 'atoms', atoms, { min: 2, max: 64 });
  // Jacobi's matrix of the Hermite polynomials.
  const jacobi = matrix(atoms, atoms);
  for (let i = 1; i < atoms; i++) {
    jacobi.data[i * atoms + i - 1] = Math.sqrt(i);
    jacobi.data[(i - 1) * atoms + i] = Math.sqrt(i);
  }
  const { values, vectors } = symmetricEigen(jacobi);
  return {
    weights: Array.from({ length: atoms }, (_, k) => vectors.data[k * atoms]! ** 2),
    means: Array.from(values),
    halfVariances: new Array<number>(atoms).fill(-0.5),
  };
}
