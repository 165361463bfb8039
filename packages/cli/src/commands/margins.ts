/** `moe margins`: average marginal effects of a saved fit, with standard errors. */
import { jsonText, oneOf, optionHelp, readOptions, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { averageEffects } from '@tfjs-moe/estimators';
import { columnNames } from '../column-names.ts';
import type { Command } from '../command.ts';
import { level } from '../level.ts';
import { effectVariables } from '../margins/effect-variables.ts';
import { type EffectsResult, effectsText } from '../margins/effects-text.ts';
import { fitAtTableOptions } from '../saved/fit-at-table.ts';
import { readSavedReport } from '../saved/read-saved-report.ts';

const WHO = 'moe margins';

const { inputs, offset } = fitAtTableOptions;
const options = {
  variables: {
    value: 'A,B',
    about: 'the columns that are changed (default: all that the fit reads)',
    read: columnNames,
  },
  means: { about: 'of factors what is expected at every level, in place of differences to the first' },
  weights: { value: 'COLUMN', about: 'how often each row counts in the average', read: text },
  errors: {
    value: 'WORD',
    about: 'standard errors from the observed information (observed, default), or sandwich',
    read: oneOf(['observed', 'sandwich']),
  },
  level: { value: 'LEVEL', about: 'of the confidence intervals (default: 0.95)', read: level },
  inputs,
  offset,
  json: { about: 'one JSON object on standard output' },
};

const usage = () => `usage: moe margins FIT TABLE [options]

Tells how much what FIT, a file of moe fit --save, expects of the response changes with each column, gate and experts together,
on the average of the rows of TABLE, most often those that were fitted: the slope in a number, and of a factor the difference
of every level to the first. A column is changed in all terms that it is in. Standard errors are by the delta method.

Of a binomial response the probability is meant, of classes the probability of each. Stata: margins, dydx(*); R: avg_slopes.

${optionHelp(options)}
`;

export const margins: Command = {
  options,
  async run(written, { output, errors: complaints }) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      output.write(usage());
      return 0;
    }
    const [file, table, ...stray] = words;
    if (file === undefined || table === undefined || stray.length > 0) {
      complaints.write(usage());
      return 2;
    }
    const read = readSavedReport(WHO, file);
    const { variables, weights, n } = effectVariables(WHO, read, { ...given, table });
    const { errors = 'observed', level: of95 = 0.95 } = given;
    if (given.means && variables.every((each) => !('levels' in each)))
      throw new MoeError(
        WHO,
        '--means needs a factor among the columns',
        variables.map(({ name }) => name),
      );
    const of = given.means ? 'means' : 'effects';
    const effects = averageEffects(read.fit, variables, { errors, level: of95, of, weights });
    const { classes } = read.saved;
    const result: EffectsResult = {
      ...{ response: read.fit.responseName, n, of, errors, level: of95 },
      effects: effects.map(({ class: place, ...effect }) => ({
        ...effect,
        ...(place !== undefined && { class: classes?.[place] ?? `${place}` }),
      })),
    };
    output.write(`${given.json ? jsonText(result) : effectsText(result)}\n`);
    return 0;
  },
};
