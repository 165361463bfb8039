/**
 * The numbers of a maximum-likelihood fit as HTML tables.
 */
import type { Coefficient, Summary } from '@tfjs-moe/estimators';
import { htmlTable } from '../../report/html-table.ts';

export function coefficientTables({ tables, experts, level }: Summary): string {
  return [
    '<h3>Shares</h3>',
    htmlTable(
      ['', 'share', 'size', 'rows'],
      experts.map(({ expert, share, size, rows }) => [
        `expert ${expert}`,
        share.toFixed(3),
        size.toFixed(1),
        Number(rows.toFixed(3)),
      ]),
    ),
    '<h3>Parameters</h3>',
    htmlTable(
      ['', 'estimate', 'standard error', 'z', 'p', `${Number((100 * level).toPrecision(6))} % interval`],
      tables.flatMap(({ title, rows }) =>
        rows.every(({ status }) => status === 'reference')
          ? [{ group: `${title}: the reference, 0` }]
          : [{ group: title }, ...rows.map(cells)],
      ),
    ),
  ].join('\n');
}

function cells({ name, value, status, standardError, zValue, pValue, interval }: Coefficient): string[] {
  return [
    name,
    number(value),
    standardError === null ? status : number(standardError),
    zValue === null ? '' : signed(zValue.toFixed(2)),
    pValue === null ? '' : probability(pValue),
    interval === null ? '' : `${number(interval[0])} to ${number(interval[1])}`,
  ];
}

function number(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return signed(value.toExponential(3));
  return signed(size >= 1e5 ? value.toFixed(0) : value.toPrecision(5));
}

function signed(text: string): string {
  return text.replace('-', '−');
}

function probability(p: number): string {
  return p < 2.2e-16 ? '< 2.2e-16' : p < 1e-4 ? p.toExponential(1) : p.toFixed(4);
}
