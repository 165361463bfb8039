import type { BootstrapRow } from '@tfjs-moe/estimators';
import { intervalHeadings, number } from '../report/number-words.ts';
import { textTable } from '../report/text-table.ts';

/** What is said of replicates beside their rows. */
export interface BootstrapAbout {
  readonly kind: string;
  readonly replicates: number;
  readonly failed: number;
  readonly level: number;
  readonly converged: boolean;
}

export function bootstrapText(
  rows: readonly BootstrapRow[],
  { kind, replicates, failed, level, converged }: BootstrapAbout,
): string {
  const table = textTable([
    ['', '', 'Estimate', 'Std. Error', 'Bias', ...intervalHeadings(level)],
    ...rows
      // The reference of a gate is 0 in every replicate.
      .filter(({ value, standardError }) => value !== 0 || standardError !== 0)
      .map(({ group, name, value, standardError, bias, interval }) => [
        group,
        name,
        ...[value, standardError, bias, ...interval].map(number),
      ]),
  ]);
  const left = failed === 0 ? '' : `; ${failed} did not converge, and are left out`;
  const warning = converged ? [] : ['NOT CONVERGED: the fit itself is no proper maximum'];
  return [`${kind} bootstrap, ${replicates} replicates${left}`, ...warning, table].join('\n\n');
}
