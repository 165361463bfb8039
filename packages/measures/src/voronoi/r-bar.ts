import { expectInteger } from '@tfjs-moe/core';

/** The value of $\bar r$, or a bound on it. */
export interface RBar {
  readonly value: number;
  /** Whether it is only known that $\bar r$ is not smaller. */
  readonly isBound: boolean;
}

/**
 * $\bar r(m)$: how slowly m Gaussian linear experts that are fitted to one come together, $n^{-1/2\bar r(m)}$.
 *
 * It is the smallest r for which a system of polynomial equations has no non-trivial solution; 4 and 6 are proved for two
 * and three, and 7 is a lower bound for more.
 *
 * Source: Nguyen, Nguyen and Ho (2023), arXiv:2305.03288, Lemma 1; Nguyen, Akbarian, Yan and Ho (2024), arXiv:2309.13850.
 *
 * @param atoms how many fitted atoms share a cell, at least 2
 */
export function rBar(atoms: number): RBar {
  expectInteger('rBar', 'atoms', atoms, { min: 2 });
  return atoms === 2
    ? { value: 4, isBound: false }
    : atoms === 3
      ? { value: 6, isBound: false }
      : { value: 7, isBound: true };
}
