import {
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  MoeError,
  stream,
} from '@tfjs-moe/core';
import { simulateResponse } from '../diagnostics/simulate-response.ts';
import { inOrder } from '../in-order.ts';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { Estimate, MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { columnsOfSample, rowsByUnit, type Sample } from '../sample.ts';
import { nearestOrder } from './nearest-order.ts';
import { refit, unitsOf } from './refit.ts';

/** Options of `bootstrap`: how many replicates, drawn how, from which seed. */
export interface BootstrapOptions {
  /** Default `'nonparametric'`. */
  readonly kind?: 'nonparametric' | 'parametric';
  /** Default 200. */
  readonly replicates?: number;
  /** The first replicate's number, for a worker that does a part. Default 0. */
  readonly first?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Of the intervals. Default 0.95. */
  readonly level?: number;
  readonly onReplicate?: (index: number) => void;
}

/** One estimate with its standard error, bias and interval over the replicates. */
export interface BootstrapRow extends Pick<Estimate, 'part' | 'group' | 'name' | 'value'> {
  readonly standardError: number;
  readonly bias: number;
  /** Between the quantiles of the replicates. */
  readonly interval: readonly [low: number, high: number];
}

/** What `bootstrap` returns: a row for every estimate, and the replicates that they come from. */
export interface Bootstrap {
  readonly rows: readonly BootstrapRow[];
  /** [replicates that converged][estimates]. */
  readonly replicates: readonly (readonly number[])[];
  /** Replicates whose fit did not converge; they are left out. */
  readonly failed: number;
}

/**
 * bootstrap: how estimates vary from sample to sample, without trusting the Hessian.
 *
 * Nonparametric: rows (of groups or clusters all rows of one) drawn with replacement. Parametric: responses drawn anew from the fit at the same inputs. Every
 * replicate is fitted from the fit's own parameters, and its experts are put in the order that is nearest to the fit's,
 * because a mixture does not know which of its experts is the first. A replicate depends on the seed and its own number
 * alone, so that any split among workers gives the same table.
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
  const kind = expectOneOf(who, 'kind', options.kind ?? 'nonparametric', ['nonparametric', 'parametric']);
  const count = expectInteger(who, 'replicates', options.replicates ?? 200, { min: 2 });
  const first = expectInteger(who, 'first', options.first ?? 0, { min: 0 });
  const seed = expectNumber(who, 'seed', options.seed ?? 0);
  const level = expectNumber(who, 'level', options.level ?? 0.95, { min: 0, max: 1 });
  expectFit(who, fit);
  const columns = columnsOfSample(who, sample);
  const { n, groups } = columns;
  if (fit.n !== n) throw new MoeError(who, `the sample must be the fit's, with ${fit.n} rows`, n);
  if ((fit.groups === undefined) !== (groups === undefined))
    throw new MoeError(who, `the sample must be the fit's, with${fit.groups ? '' : 'out'} groups`);
  const units = rowsByUnit({ n, groups: columns.clusters ?? groups });
  const replicates: number[][] = [];
  let failed = 0;
  for (let index = first; index < first + count; index++) {
    const found = replicate(fit, sample, units, kind, seed, index);
    if (found === undefined) failed++;
    else replicates.push(found);
    options.onReplicate?.(index);
  }
  return {
    rows: fit.estimates.map((estimate, i) =>
      rowOf(
        estimate,
        replicates.map((each) => each[i]!),
        level,
      ),
    ),
    replicates,
    failed,
  };
}

function replicate(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  units: readonly (readonly number[])[],
  kind: 'nonparametric' | 'parametric',
  seed: number,
  index: number,
): number[] | undefined {
  const random = stream(seed, 'bootstrap', index);
  const n = units.length;
  const drawn =
    kind === 'nonparametric'
      ? unitsOf(
          sample,
          units,
          Uint32Array.from({ length: n }, () => random.integer(n)),
        )
      : { ...sample, response: simulateResponse(fit, sample.inputs, random, sample) };
  let found: MaximumLikelihoodFit;
  try {
    found = refit(fit, drawn);
  } catch (error) {
    if (error instanceof MoeError) return undefined;
    throw error;
  }
  if (!found.converged) return undefined;
  return alignedTo(fit, found);
}

/** The replicate's numbers in the order of the fit's experts and with its reference. */
function alignedTo(fit: MaximumLikelihoodFit, found: MaximumLikelihoodFit): number[] {
  const order = nearestOrder(fit.measure, found.measure, fit.alike);
  const measure = order === undefined ? found.measure : inOrder(found.measure, order);
  const { dispersions = [] } = measure;
  const numbers = { gate: measure.gateParams, expert: measure.expertParams };
  const next = new Map<string, number>();
  return fit.estimates.map((estimate, i) => {
    if (estimate.part === 'noise') {
      const noise = fit.estimates.slice(0, i).filter(({ part }) => part === 'noise').length;
      return dispersions[noise]!;
    }
    const key = `${estimate.part}/${estimate.parameter}`;
    const place = next.get(key) ?? 0;
    next.set(key, place + 1);
    return numbers[estimate.part][estimate.parameter]![place]!;
  });
}

function rowOf(
  { part, group, name, value }: Estimate,
  values: readonly number[],
  level: number,
): BootstrapRow {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const square = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const sorted = [...values].sort((a, b) => a - b);
  return {
    part,
    group,
    name,
    value,
    standardError: Math.sqrt(square),
    bias: mean - value,
    interval: [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)],
  };
}

/** Linear between order statistics, as R's default. */
function quantile(sorted: readonly number[], p: number): number {
  const place = (sorted.length - 1) * p;
  const low = Math.floor(place);
  return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
}
