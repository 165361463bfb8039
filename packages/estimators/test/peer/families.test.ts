/**
 * R as a peer for families: with one expert the fit is that of `lm`, `glm`, `MASS::glm.nb`, `survival::survreg` or
 * `quantreg::rq`, and mixtures are never less likely than those of flexmix. It needs Rscript with flexmix, and is skipped
 * without; models of packages that are not there are left out.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readTable, sampleOfFormula } from '@tfjs-moe/datasets';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  type Coefficient,
  coefficients,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  type MaximumLikelihoodOptions,
} from '../../src/index.ts';

interface Model {
  readonly name: string;
  readonly logLik: number;
  readonly estimates: readonly number[];
  readonly errors: readonly number[];
}

const folder = resolve(import.meta.dirname, '../fixtures/families');
const probe = spawnSync('Rscript', ['-e', 'library(flexmix)'], { encoding: 'utf8' });
const missing = probe.error !== undefined || probe.status !== 0;

function modelsOfR(): Model[] {
  const script = resolve(import.meta.dirname, 'families.R');
  const { stdout, stderr, status } = spawnSync('Rscript', [script, folder], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Model);
}

function fitOf(
  name: string,
  formula: string,
  options: Partial<MaximumLikelihoodOptions> = {},
): MaximumLikelihoodFit {
  const table = readTable(readFileSync(resolve(folder, `${name}.csv`), 'utf8'));
  const has = (column: string) => table.columns.some((each) => each.name === column);
  const offset = has('offset') ? ' + offset(offset)' : '';
  const data = sampleOfFormula(table, formula.replace('x', `x${offset}`), {
    ...(has('trials') && { trials: 'trials' }),
    ...(has('id') && { groups: 'id' }),
  });
  return fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 2, data, ...options });
}

/** Models of one expert: the table, the family, and by how much estimates and errors may differ. */
const single: Readonly<Record<string, readonly [table: string, family: object | string, errors: number]>> = {
  lm: ['gaussian_k2_n500', 'gaussian', 1e-6],
  'glm poisson': ['poisson_k2_n600', 'poisson', 1e-6],
  'glm binomial': ['binomial_k2_n800', 'binomial', 1e-6],
  // R takes the expected information of the coefficients here.
  'glm.nb': ['negativeBinomial_k2_n1000', 'negativeBinomial', 0.1],
  'glm Gamma': ['gamma_k2_n600', 'gamma', 0.1],
  'survreg t': ['studentT4_k2_n600', { kind: 'studentT', degreesOfFreedom: 4 }, 1e-5],
  rq: ['studentT4_k2_n600', 'laplace', 0.05],
};

/** Mixtures: the table, formula, and options. Of `equal intercepts` the run of flexmix ends at a lower maximum. */
const mixtures: Readonly<
  Record<string, readonly [table: string, formula: string, Partial<MaximumLikelihoodOptions>]>
> = {
  gaussian: ['gaussian_k2_n500', 'y ~ x | z', {}],
  'gaussian in groups': ['gaussian_k2_n600_grouped', 'y ~ x | z', {}],
  'three gaussian': ['gaussian_k3_n900', 'y ~ x | z', { experts: 3 }],
  poisson: ['poisson_k2_n600', 'y ~ x | z', { family: 'poisson' }],
  'poisson in groups': ['poisson_k2_n640_grouped', 'y ~ x | z', { family: 'poisson' }],
  'three poisson': ['poisson_k3_n1200', 'y ~ x | z', { family: 'poisson', experts: 3 }],
  binomial: ['binomial_k2_n800', 'y ~ x | z', { family: 'binomial' }],
  gamma: ['gamma_k2_n600', 'y ~ 1 | z', { family: 'gamma' }],
  'equal slopes and deviations': ['gaussian_k2_n500', 'y ~ x | z', { structure: { equal: ['x', 'sigma'] } }],
  'equal slopes of poisson': [
    'poisson_k2_n600',
    'y ~ x | z',
    { family: 'poisson', structure: { equal: ['x'] } },
  ],
  'equal intercepts': ['gaussian_k2_n500', 'y ~ x | 1', { structure: { equal: ['(Intercept)'] } }],
  'constant weights of binomial': ['binomial_k2_n800', 'y ~ x | 1', { family: 'binomial' }],
};

describe.skipIf(missing)('models of R', () => {
  const found = missing ? [] : modelsOfR();
  const of = (names: readonly string[]) => found.filter(({ name }) => names.includes(name));

  test('are all there, but for those of packages that are not', () => {
    const optional = ['survreg t', 'rq'];
    const wanted = [...Object.keys(single), ...Object.keys(mixtures)];
    const left = wanted.filter((name) => !found.some((each) => each.name === name));
    expect(left.filter((name) => !optional.includes(name))).toEqual([]);
  });

  test.each(of(Object.keys(single)))('$name is one expert', ({ name, logLik, estimates, errors }) => {
    const [table, family, within] = single[name]!;
    const fit = fitOf(table, 'y ~ x + z', { experts: 1, family } as Partial<MaximumLikelihoodOptions>);
    expect(Math.abs(fit.logLikelihood - logLik)).toBeLessThan(1e-6);
    const rows = interceptFirst(
      coefficients(fit, { errors: name === 'rq' ? 'sandwich' : 'observed' }).filter(
        ({ part }) => part !== 'gate',
      ),
    );
    // Of `lm` the variance has n - p in its denominator.
    const factor = name === 'lm' ? Math.sqrt(fit.n / (fit.n - 3)) : 1;
    estimates.forEach((value, j) => {
      expect(Math.abs(rows[j]!.value - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    });
    errors.forEach((error, j) => {
      expect(Math.abs((rows[j]!.standardError! * factor) / error - 1)).toBeLessThan(within);
    });
  });

  test.each(of(Object.keys(mixtures)))(
    '$name: flexmix is not likelier',
    ({ name, logLik, estimates, errors }) => {
      const [table, formula, options] = mixtures[name]!;
      const fit = fitOf(table, formula, options);
      expect(fit.converged).toBe(true);
      expect(Number.isFinite(logLik)).toBe(true);
      expect(fit.logLikelihood).toBeGreaterThan(logLik - 1e-8);
      // Divided by n - p, its variances are a little larger, and its likelihood lower, where it has the same maximum.
      // Its shapes of gamma are those of the deviance, which are no maxima.
      if (name !== 'equal intercepts')
        expect(fit.logLikelihood).toBeLessThan(logLik + (name === 'gamma' ? 5 : 0.05));
      if (errors.length === 0) return;
      const slopes = coefficients(fit)
        .filter(({ part, name: own }) => part === 'expert' && own === 'x')
        .sort((a, b) => a.value - b.value);
      const order = [...estimates.keys()].sort((a, b) => estimates[a]! - estimates[b]!);
      slopes.forEach(({ value, standardError }, e) => {
        expect(Math.abs(value - estimates[order[e]!]!)).toBeLessThan(1e-4);
        expect(Math.abs(standardError! / errors[order[e]!]! - 1)).toBeLessThan(0.01);
      });
    },
  );
});

function interceptFirst(rows: readonly Coefficient[]): Coefficient[] {
  return [...rows].sort((a, b) => Number(b.name === '(Intercept)') - Number(a.name === '(Intercept)'));
}
