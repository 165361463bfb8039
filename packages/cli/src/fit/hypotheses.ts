/** What `--test` asks of a fit: hypotheses that hold together stand between &, tests that do not between semicolons. */
import { MoeError } from '@tfjs-moe/core';
import { type Contrast, type ErrorKind, type MaximumLikelihoodFit, waldTest } from '@tfjs-moe/estimators';

/** One test; `refused` says why there is none, since a word that no table has is known only when the tables are. */
export interface TestResult {
  readonly test: string;
  readonly statistic?: number;
  readonly degreesOfFreedom?: number;
  readonly pValue?: number;
  readonly hypotheses?: readonly Contrast[];
  readonly refused?: string;
}

export function testResults(fit: MaximumLikelihoodFit, written: string, errors: ErrorKind): TestResult[] {
  return written
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((test) => {
      try {
        const hypotheses = test.split('&').map((each) => each.trim());
        return { test, ...waldTest(fit, hypotheses, { errors }) };
      } catch (error) {
        if (!(error instanceof MoeError)) throw error;
        return { test, refused: error.message.replace('[tfjs-moe] waldTest', '--test') };
      }
    });
}

export function testText(results: readonly TestResult[]): string {
  const blocks = results.map(
    ({ test, statistic = 0, degreesOfFreedom, pValue = 0, hypotheses = [], refused }) => {
      if (refused !== undefined) return `${test}\n  ${refused}`;
      const width = Math.max(...hypotheses.map(({ text }) => text.length));
      const rows = hypotheses.map(
        ({ text, value, standardError }) =>
          `  ${text.padEnd(width)}  left less right ${value.toPrecision(6)}, standard error ${standardError.toPrecision(4)}`,
      );
      const chance = pValue < 2.2e-16 ? '< 2.2e-16' : `= ${pValue.toPrecision(4)}`;
      return `${test}\n${rows.join('\n')}\n  W = ${statistic.toPrecision(6)} on ${degreesOfFreedom}, p ${chance}`;
    },
  );
  return `Wald tests\n\n${blocks.join('\n\n')}`;
}
