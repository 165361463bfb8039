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

/** What a fit complains of, where that is an option of a command by another name. */
export function errorInOptionWords(who: string, error: unknown): unknown {
  if (!(error instanceof MoeError)) return error;
  const [, rule = '', received] = /: structure: (.*?)\.(?: Received: (".*")\.)?$/s.exec(error.message) ?? [];
  if (rule === '') return error;
  const [, kind, rest] = /^(equal|fixed|absent) (.*)$/s.exec(rule) ?? [];
  const words =
    kind === undefined ? `--equal, --fix, --absent: ${rule}` : `--${kind.replace('fixed', 'fix')} ${rest}`;
  return received === undefined ? new MoeError(who, words) : new MoeError(who, words, JSON.parse(received));
}
