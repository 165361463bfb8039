import {
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  MoeError,
  type Stream,
  stream,
} from '@tfjs-moe/core';
import { deviationsAndCorrelations, getFamily } from '@tfjs-moe/measures';
import { simulatedSample } from '../diagnostics/simulate-response.ts';
import { problemOfFit } from '../fitted-sample.ts';
import { inOrder } from '../in-order.ts';
import { dispersionsOf } from '../likelihood/problem/dispersions.ts';
import { expectFit, expectUnpenalised } from '../likelihood/report/expect-fit.ts';
import type { Estimate, MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type Columns, columnsOfSample, type Sample } from '../sample.ts';
import { drawnAnew, eachObserved } from './drawn-units.ts';
import { nearestOrder } from './nearest-order.ts';
import { refit } from './refit.ts';

/** What decides a replicate of `bootstrap` and the intervals, but for how many there are. */
export interface BootstrapModel {
  /** Default `'nonparametric'`. */
  readonly kind?: 'nonparametric' | 'parametric';
  /** Default 0. */
  readonly seed?: number;
  /** Of the intervals. Default 0.95. */
  readonly level?: number;
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

/** What `bootstrap` consists of. */
export interface BootstrapParts {
  /**
   * The estimates of one sample that is drawn anew, in the order of the fit's; nothing where their fit did not converge. It
   * depends on the seed and the number alone, and JSON keeps it whole.
   */
  replicate(index: number): readonly number[] | undefined;
  /**
   * The table of all replicates.
   * @param replicates in the order of their numbers, those that failed among them
   */
  table(replicates: readonly (readonly number[] | undefined)[]): Bootstrap;
}

/**
 * bootstrapParts: `bootstrap` in parts, for those who share its replicates among threads or machines, show how far they are,
 * or keep them to go on later. Every worker makes the parts from the same fit (`fitFromJSON`) and sample and does replicates of
 * its own; whoever has all of them in order asks for the table, which is then `bootstrap`'s to the last bit.
 * @throws MoeError for wrong options, and a sample that is not the fit's
 */
export function bootstrapParts(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  options: BootstrapModel = {},
): BootstrapParts {
  expectKnownOptions('bootstrapParts', options, ['kind', 'seed', 'level']);
  return partsOfBootstrap('bootstrapParts', fit, sample, options);
}

/** The parts, for those who name themselves in errors. */
export function partsOfBootstrap(
  who: string,
  fit: MaximumLikelihoodFit,
  sample: Sample,
  options: BootstrapModel,
): BootstrapParts {
  const kind = expectOneOf(who, 'kind', options.kind ?? 'nonparametric', ['nonparametric', 'parametric']);
  const seed = expectNumber(who, 'seed', options.seed ?? 0);
  const level = expectNumber(who, 'level', options.level ?? 0.95, { min: 0, max: 1 });
  expectFit(who, fit);
  expectUnpenalised(who, fit, 'bootstrap errors');
  problemOfFit(who, fit, sample);
  const columns = columnsOfSample(who, sample, 'the sample', true);
  const draw = drawerOf(who, kind, fit, sample, columns);
  return {
    replicate(index) {
      expectInteger(who, 'the number of a replicate', index, { min: 0 });
      const random = stream(seed, 'bootstrap', index);
      const drawn = draw(random);
      let found: MaximumLikelihoodFit;
      try {
        found = refit(fit, drawn);
      } catch (error) {
        if (error instanceof MoeError) return undefined;
        throw error;
      }
      return found.converged ? alignedTo(fit, found) : undefined;
    },
    table(all) {
      const replicates = all.filter((each) => each !== undefined);
      if (replicates.length < 2)
        throw new MoeError(
          who,
          `at least two replicates must converge for a standard error, of ${all.length} there did`,
          replicates.length,
        );
      const rows = fit.estimates.map((estimate, i) =>
        rowOf(
          estimate,
          replicates.map((each) => each[i]!),
          level,
        ),
      );
      return { rows, replicates, failed: all.length - replicates.length };
    },
  };
}

/** What draws the sample of a replicate. */
function drawerOf(
  who: string,
  kind: BootstrapModel['kind'],
  fit: MaximumLikelihoodFit,
  sample: Sample,
  columns: Columns,
): (random: Stream) => Sample {
  if (kind === 'nonparametric') return drawnAnew(sample, columns);
  const observed = eachObserved(who, sample, columns);
  return (random) => simulatedSample(fit, observed, random);
}

/** The replicate's numbers in the order of the fit's experts and with its reference. */
function alignedTo(fit: MaximumLikelihoodFit, found: MaximumLikelihoodFit): number[] {
  const order = nearestOrder(fit.measure, found.measure, fit.alike);
  const measure = order === undefined ? found.measure : inOrder(found.measure, order);
  const { dispersions = [], covariances, experts } = measure;
  const { each } = dispersionsOf(getFamily(fit.family), experts, fit);
  const noises =
    covariances?.flatMap(deviationsAndCorrelations) ?? each.map(({ expert }) => dispersions[expert]!);
  const numbers = { gate: measure.gateParams, expert: measure.expertParams };
  const next = new Map<string, number>();
  const numberOf = ({ part, parameter }: Estimate, i: number): number => {
    if (part === 'noise') {
      const noise = fit.estimates.slice(0, i).filter((other) => other.part === 'noise').length;
      return noises[noise]!;
    }
    const key = `${part}/${parameter}`;
    const place = next.get(key) ?? 0;
    next.set(key, place + 1);
    return numbers[part][parameter]![place]!;
  };
  // Without a zero's sign, which JSON does not keep.
  return fit.estimates.map((estimate, i) => numberOf(estimate, i) + 0);
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
