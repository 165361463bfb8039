/** `moe compare`: saved fits side by side, and likelihood ratios of those that lie within each other. */
import { jsonText, optionHelp, readOptions } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { Command } from '../command.ts';
import { comparisonOf } from '../compare/comparison.ts';
import { comparisonText } from '../compare/comparison-text.ts';
import { nestedTests } from '../compare/nested.ts';
import { readComparedFit } from '../compare/saved-fit.ts';

const WHO = 'moe compare';

const options = {
  nested: {
    about: 'every fit lies within the next: likelihood ratio tests of their difference',
  },
  json: { about: 'one JSON object on standard output' },
};

const usage = () => `usage: moe compare FIT FIT... [options]

Shows fits, files of moe fit --save, side by side: log-likelihood, degrees of freedom, rows, AIC, BIC, ICL, and whether they
converged. Which fit lies within which, such as common variances within own ones, is for you to say with --nested; numbers of
experts are compared by moe test, because the chi-squared law does not hold of them.

${optionHelp(options)}
`;

export const compare: Command = {
  options,
  async run(written, { output, errors }) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      output.write(usage());
      return 0;
    }
    if (words.length === 0) {
      errors.write(usage());
      return 2;
    }
    if (words.length === 1) throw new MoeError(WHO, 'give two fits or more', words[0]);
    const fits = words.map((file) => readComparedFit(WHO, file));
    const tests = given.nested ? nestedTests(WHO, fits) : [];
    const comparison = comparisonOf(fits);
    const result = { ...comparison, ...(given.nested && { tests }) };
    output.write(`${given.json ? jsonText(result) : comparisonText(comparison, tests)}\n`);
    return 0;
  },
};
