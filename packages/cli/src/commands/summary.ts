/** `moe summary`: the report of a saved fit. Exit status: as `moe fit`. */
import { integer, jsonText, oneOf, optionHelp, readOptions, text } from '@tfjs-moe/command-line';
import { summary as summaryOf, withReference } from '@tfjs-moe/estimators';
import type { Command } from '../command.ts';
import { likelihoodResult } from '../fit/fit-result.ts';
import { testResults, testText } from '../fit/hypotheses.ts';
import { level } from '../level.ts';
import { readSavedReport } from '../saved/read-saved-report.ts';

const WHO = 'moe summary';

const options = {
  reference: {
    value: 'K',
    about: 'the expert whose gate the others are compared with (default: that of the fit)',
    read: integer({ min: 1 }),
  },
  errors: {
    value: 'WORD',
    about: 'standard errors from the observed information (observed, default), or sandwich',
    read: oneOf(['observed', 'sandwich']),
  },
  interval: {
    value: 'LEVEL',
    about: 'confidence intervals in the tables and in --json, such as 0.95',
    read: level,
  },
  test: { value: 'TEXT', about: 'Wald tests, as those of moe fit', read: text },
  json: { about: 'one JSON object on standard output, as that of moe fit' },
};

const usage = () => `usage: moe summary FIT [options]

Prints what moe fit printed of FIT, a file of its --save, without the table: also with other errors, intervals, tests and
another reference than were asked for then.

${optionHelp(options)}
`;

export const summary: Command = {
  options,
  async run(written, { output, errors: complaints }) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      output.write(usage());
      return 0;
    }
    const [file, ...stray] = words;
    if (file === undefined || stray.length > 0) {
      complaints.write(usage());
      return 2;
    }
    const { fit: saved, saved: around } = readSavedReport(WHO, file);
    const { reference, interval, errors = 'observed' } = given;
    const fit = reference === undefined ? saved : withReference(saved, reference);
    const tests = given.test === undefined ? undefined : testResults(fit, given.test, errors);
    if (given.json) {
      const { classes, terms } = around;
      const result = likelihoodResult(fit, { errors, interval, classes });
      output.write(`${jsonText({ ...result, ...(tests && { tests }), ...(terms && { terms }) })}\n`);
    } else {
      const shown = summaryOf(fit, { errors, ...(interval !== undefined && { level: interval }) }).text;
      output.write(`${[shown.trimEnd(), ...(tests ? [testText(tests)] : [])].join('\n\n')}\n`);
    }
    return fit.converged ? 0 : 1;
  },
};
