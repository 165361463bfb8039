import { textTable } from '../report/text-table.ts';
import type { Comparison, ComparisonRow } from './comparison.ts';
import type { NestedTest } from './nested.ts';

/** The fits one below the other, the smallest criteria marked; then tests and notes. */
export function comparisonText({ fits, best, notes }: Comparison, tests: readonly NestedTest[]): string {
  const parts = [
    textTable([
      ['', '', 'experts', 'log Lik.', 'df', 'n', 'AIC', 'BIC', 'ICL', ''],
      ...fits.map((row) => [
        row.file,
        `${row.family}, ${row.gate} gate, ${row.expert}`,
        `${row.experts}`,
        fixed(row.logLikelihood),
        `${row.degreesOfFreedom ?? ''}`,
        `${row.n ?? ''}${row.groups === undefined ? '' : ` in ${row.groups}`}`,
        fixed(row.aic),
        fixed(row.bic),
        fixed(row.icl),
        remarksOf(row, best),
      ]),
    ]),
    ...(tests.length > 0 ? [`Likelihood ratio tests\n\n${testTable(tests)}`] : []),
    ...(notes.length > 0 ? [notes.map((note) => `Note: ${note}.`).join('\n')] : []),
  ];
  return parts.join('\n\n');
}

function testTable(tests: readonly NestedTest[]): string {
  return textTable([
    ['', 'statistic', 'df', 'Pr(>Chisq)'],
    ...tests.map(({ smaller, larger, statistic, degreesOfFreedom, pValue }) => [
      `${smaller} within ${larger}`,
      statistic.toFixed(4),
      `${degreesOfFreedom}`,
      pValue < 2.2e-16 ? '< 2.2e-16' : pValue.toPrecision(4),
    ]),
  ]);
}

function remarksOf({ file, converged }: ComparisonRow, best: Comparison['best']): string {
  const smallest = Object.entries(best ?? {}).flatMap(([name, of]) =>
    of === file ? [name.toUpperCase()] : [],
  );
  return [
    ...(smallest.length > 0 ? [`<- smallest ${smallest.join(', ')}`] : []),
    ...(converged === false ? ['NOT CONVERGED'] : []),
  ].join('; ');
}

function fixed(value: number | null): string {
  return value === null ? '' : value.toFixed(3);
}
