import { MoeError } from '@tfjs-moe/core';
import type { FitWarning, MaximumLikelihoodFit } from '@tfjs-moe/estimators';

/** What can be done about a warning, in the words of the command line. */
const remedies: Partial<Record<FitWarning['reason'], string>> = {
  'vanishing variance':
    'Take fewer --experts, --variances common, or, where it is an outlier that makes the variance of the response large, a smaller --min-variance',
  'empty expert': 'Take fewer --experts',
  'not converged': 'Try other --starts or another --seed',
};

/** A fit whose warnings name options of `moe fit`, and none of a function. */
export function withOptionWords(fit: MaximumLikelihoodFit): MaximumLikelihoodFit {
  return {
    ...fit,
    warnings: fit.warnings.map(({ remedy, ...warning }) => {
      if (remedy === undefined) return warning;
      const own = remedies[warning.reason] ?? inWords(remedy);
      return { ...warning, remedy: own };
    }),
  };
}

function inWords(remedy: string): string {
  return remedy
    .replace(/withReference\(fit, (\d+)\)/, '--reference $1')
    .replace(/family: "(\w+)"/, '--family $1');
}

/** What a function complains of, by how a command says it. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^structure: fixed /, '--fix '],
  [/^structure: (equal|absent) /, '--$1 '],
  [/^structure: /, '--equal, --fix, --absent: '],
  [/^(experts|trials|weights|family|starts|seed|gate|expert) must /, '--$1 must '],
  [/^the fit must come from fitMaximumLikelihood$/, 'the fit must be one by maximum likelihood'],
  [/ of fitMaximumLikelihood\b/, ' of moe fit'],
  [/\bmissing: 'drop'/, '--missing drop'],
  [
    /^(several responses are Gaussian.*)$/,
    '$1; --trials names the column of the trials of a binomial response',
  ],
  [/take calibrationPlot\b/, 'the page has its calibration'],
];

/** How a row that estimators name is counted: theirs from 0, of those that were kept; a table's from 1. */
const ROW = /\brow (\d+)\b/g;

/**
 * Runs what is asked of the estimators, whose complaints are told in the words of a command.
 * @param rows of the table, from 0, that they were given
 * @throws MoeError of the command, which names options, and rows as the table has them
 */
export function inOptionWords<T>(who: string, rows: readonly number[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof MoeError ? errorInOptionWords(who, rows, error) : error;
  }
}

function errorInOptionWords(who: string, rows: readonly number[], error: MoeError): MoeError {
  const said = /^\[tfjs-moe\] ([^:]*): ([\s\S]*)$/.exec(error.message);
  if (said === null || said[1] === who) return error;
  const [, rule = '', received] = /^([\s\S]*?)\.(?: (Received: [\s\S]*))?$/.exec(said[2]!) ?? [];
  if (rule === '') return error;
  const counted = rule.replace(ROW, (_, row: string) => `row ${(rows[Number(row)] ?? Number(row)) + 1}`);
  const told = rules.reduce((text, [from, to]) => text.replace(from, to), counted);
  return new MoeError(who, received === undefined ? told : `${told}. ${received.replace(/\.$/, '')}`);
}
