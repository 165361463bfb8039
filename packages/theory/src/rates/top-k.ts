import { type ExpertCase, isLine } from './expert-case.ts';
import { ratesOfGaussianLines } from './gaussian-lines.ts';
import { functionRate, papers, type Rate, rate } from './rate.ts';

const source = papers.topK;
/** What a top-K gate needs besides. */
export const selectionRule: string =
  'warning: fit with K-bar at least the largest number of fitted atoms near any K true ones (kBar); a rule for the design and no more: ' +
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
  return [
    functionRate(`${source}, the density in Hellinger distance`, selectionRule),
    ...ratesOfGaussianLines(source, selectionRule, overSpecified, cell),
  ];
}
