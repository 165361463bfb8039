import { rBar } from '@tfjs-moe/measures';
import { atomRates, type Rate } from './rate.ts';

/**
 * Rates of the atoms of Gaussian laws with deviations of their own around lines, by maximum likelihood. For an atom fitted
 * by m they depend on $\bar r(m) = 2m$, the solvability of a system of polynomial equations (`rBar`).
 *
 * @param condition what the theorem asks besides
 * @param cell by how many atoms one is fitted
 */
export function ratesOfGaussianLines(
  source: string,
  condition: string,
  overSpecified: boolean,
  cell: number,
): Rate[] {
  const exact = atomRates('exact atoms', {
    rate: 'n^(-1/2)',
    status: 'proved in the paper',
    source: `${source}, loss D1`,
  });
  if (!overSpecified) return [exact];
  const value = rBar(cell);
  const proof = cell > 3 ? ', by our own proof (rBar)' : '';
  const overFitted = atomRates('over-fitted atoms', {
    rate: `n^(-1/${2 * value})`,
    status: 'proved in the paper',
    source: `${source}, loss D2`,
    note: `for beta_1 and b; n^(-1/${value}) for a and sigma; n^(-1/2) for exp(beta_0); r-bar(${cell}) is ${value}${proof}; ${condition}`,
  });
  return [exact, overFitted];
}
