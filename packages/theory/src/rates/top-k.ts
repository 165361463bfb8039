import { rBar } from '@tfjs-moe/measures';
import { type ExpertCase, isLine } from './expert-case.ts';
import { atomRates, functionRate, papers, type Rate, rate } from './rate.ts';

const source = papers.topK;
/** What a top-K gate needs besides. */
export const selectionRule: string =
  'warning: fit with K-bar at least the largest number of fitted atoms near any K true ones; a rule for the design and no more: ' +
  'some fits with a smaller K-bar reproduce the truth';

/**
 * Rates of the top-K softmax mixture of Gaussian linear experts, by maximum likelihood. For atoms fitted by m atoms they
 * depend on $\bar r(m) = 2m$, the solvability of a system of polynomial equations (`rBar`).
 */
export function topKRates(expert: ExpertCase, overSpecified: boolean, cell: number): Rate[] {
  if (!isLine(expert)) {
    const quantities = [
      'regression function',
      'exact atoms',
      ...(overSpecified ? (['over-fitted atoms'] as const) : []),
    ] as const;
    return quantities.map((quantity) => rate({ quantity, rate: 'unknown', status: 'not covered', source }));
  }
  const value = rBar(cell);
  return [
    functionRate(`${source}, the density in Hellinger distance`, selectionRule),
    atomRates('exact atoms', {
      rate: 'n^(-1/2)',
      status: 'proved in the paper',
      source: `${source}, loss D1`,
    }),
    ...(overSpecified
      ? [
          atomRates('over-fitted atoms', {
            rate: `n^(-1/${2 * value})`,
            status: 'proved in the paper',
            source: `${source}, loss D2`,
            note: `for beta_1 and b; n^(-1/${value}) for a and sigma; n^(-1/2) for exp(beta_0); r-bar(${cell}) is ${value}${cell > 3 ? ', by our own proof (rBar)' : ''}; ${selectionRule}`,
          }),
        ]
      : []),
  ];
}
