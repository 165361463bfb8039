import { expectInteger, expectKnownOptions } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { Sample } from '../sample.ts';
import { type Bootstrap, type BootstrapModel, partsOfBootstrap } from './bootstrap-parts.ts';

/** Options of `bootstrap`: how many replicates, drawn how, from which seed. */
export interface BootstrapOptions extends BootstrapModel {
  /** Default 200. */
  readonly replicates?: number;
  /** The first replicate's number, for a worker that does a part. Default 0. */
  readonly first?: number;
  readonly onReplicate?: (index: number) => void;
}

/**
 * bootstrap: how estimates vary from sample to sample, without trusting the Hessian.
 *
 * Nonparametric: rows (of groups or clusters all rows of one) drawn with replacement, by weights as often as they count. Parametric:
 * responses drawn anew from the fit at the same inputs, one each time that a row counts, so that weights are whole numbers. Every
 * replicate is fitted from the fit's own parameters, and its experts are put in the order that is nearest to the fit's,
 * because a mixture does not know which of its experts is the first. A replicate depends on the seed and its own number
 * alone, so that any split among workers gives the same table; `bootstrapParts` shares and keeps them.
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993); McLachlan and Peel, "Finite Mixture Models" (2000),
 * section 2.16.
 */
export function bootstrap(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  options: BootstrapOptions = {},
): Bootstrap {
  const who = 'bootstrap';
  expectKnownOptions(who, options, ['kind', 'replicates', 'first', 'seed', 'level', 'onReplicate']);
  const count = expectInteger(who, 'replicates', options.replicates ?? 200, { min: 2 });
  const first = expectInteger(who, 'first', options.first ?? 0, { min: 0 });
  const { replicate, table } = partsOfBootstrap(who, fit, sample, options);
  const replicates = Array.from({ length: count }, (_, b) => {
    const found = replicate(first + b);
    options.onReplicate?.(first + b);
    return found;
  });
  return table(replicates);
}
