import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { textTable } from '../report/text-table.ts';
import type { TestHeader, TestOutcome } from './test-file.ts';

/** One of the two fits of the sample. */
export interface TestedFit {
  readonly experts: number;
  readonly logLikelihood: number;
  readonly degreesOfFreedom: number;
  readonly converged: boolean;
}

/** What `moe test --json` writes. */
export interface TestResult {
  readonly experts: number;
  readonly against: number;
  readonly n: number;
  /** Groups whose rows are together, where there are any. */
  readonly groups?: number;
  readonly seed: number;
  readonly fits: readonly [smaller: TestedFit, larger: TestedFit];
  /** Twice the difference of the log-likelihoods. */
  readonly statistic: number;
  readonly pValue: number;
  readonly replicates: number;
  /** Replicates whose statistic is at least as large. */
  readonly asLarge: number;
  /** Replicates of which a fit did not converge to a proper maximum; they count. */
  readonly unconverged: number;
  /** Replicates that could not be fitted; they count as if as large, so that the p value is never too small. */
  readonly failed: number;
  /** The statistics of the replicates, in their order; null where one failed. */
  readonly statistics: readonly (number | null)[];
}

export function testResult(
  { experts, against, seed }: TestHeader,
  fit: MaximumLikelihoodFit,
  { larger, statistic }: { readonly larger: MaximumLikelihoodFit; readonly statistic: number },
  outcomes: readonly TestOutcome[],
): TestResult {
  const failed = outcomes.filter((one) => one.statistic === null).length;
  const asLarge = outcomes.filter((one) => one.statistic !== null && one.statistic >= statistic).length;
  const fitted = ({ measure, logLikelihood, degreesOfFreedom, converged }: MaximumLikelihoodFit) => ({
    experts: measure.experts,
    logLikelihood,
    degreesOfFreedom,
    converged,
  });
  return {
    ...{ experts, against, n: fit.n },
    ...(fit.groups !== undefined && { groups: fit.groups.n }),
    seed,
    fits: [fitted(fit), fitted(larger)],
    statistic,
    pValue: (1 + asLarge + failed) / (1 + outcomes.length),
    replicates: outcomes.length,
    asLarge,
    unconverged: outcomes.filter((one) => !one.converged).length - failed,
    failed,
    statistics: outcomes.map((one) => one.statistic),
  };
}

/** The parts of the replicates below which the text says how large they are. */
const PARTS = [0.5, 0.9, 0.95, 0.99];

export function testText(result: TestResult): string {
  const { experts, against, n, groups, fits, statistic, pValue, replicates, asLarge, unconverged, failed } =
    result;
  const sorted = result.statistics.filter((one) => one !== null).sort((a, b) => a - b);
  const few = experts === 1 ? '1 expert' : `${experts} experts`;
  const lines = [
    `Likelihood ratio of ${few} against ${against}, by parametric bootstrap; n = ${n}${groups === undefined ? '' : ` in ${groups} groups`}`,
    '',
    textTable([
      ['', 'log Lik.', 'df', ''],
      ...fits.map((one) => [
        one.experts === 1 ? '1 expert' : `${one.experts} experts`,
        one.logLikelihood.toFixed(4),
        `${one.degreesOfFreedom}`,
        one.converged ? '' : 'NOT CONVERGED',
      ]),
    ]),
    '',
    `T = ${statistic.toFixed(4)}, p = ${pValue.toPrecision(4)}: ${asLarge} of ${replicates} replicates are as large`,
  ];
  if (sorted.length > 0) {
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
    const quantiles = PARTS.map((part) => `${at(part).toFixed(3)} (${100 * part} %)`);
    lines.push(`Quantiles of the replicates: ${quantiles.join(', ')}`);
  }
  if (unconverged > 0)
    lines.push(
      `In ${unconverged} a fit did not converge to a proper maximum, as surplus experts often do not`,
    );
  if (failed > 0) lines.push(`${failed} could not be fitted, and count as if they were as large`);
  return lines.join('\n');
}
