/** `moe select`: how many experts, by an information criterion. Exit status: 0 when the best fit converged, 1 when not. */
import { resolve } from 'node:path';
import { expectOutput, jsonText, oneOf, optionHelp, readOptions, text } from '@tfjs-moe/command-line';
import { type Selection, selectExperts } from '@tfjs-moe/estimators';
import type { Command } from '../command.ts';
import { withClassNames } from '../fit/class-names.ts';
import { range } from '../fit/experts-range.ts';
import { fitSample } from '../fit/fit-sample.ts';
import { likelihoodModel } from '../fit/likelihood-model.ts';
import { modelOptions, modelTable } from '../fit/model-options.ts';
import { inOptionWords, withOptionWords } from '../fit/option-words.ts';
import { selectionResult, selectionText } from '../fit/selection.ts';
import { withSurplusExperts } from '../fit/surplus-experts.ts';
import { pluginHelp } from '../plugin-words.ts';
import { writeSavedFit } from '../saved/write-saved-fit.ts';
import { stepProgress } from '../step-progress.ts';

const WHO = 'moe select';

const { experts: _, ...model } = modelTable;
const options = {
  ...model,
  range: { value: 'A..B', about: 'the numbers of experts that are tried (default: 1..6)', read: range },
  criterion: {
    value: 'WORD',
    about: 'by what the best is chosen: bic (default), aic or icl',
    read: oneOf(['aic', 'bic', 'icl']),
  },
  json: { about: 'one JSON object on standard output' },
  save: { value: 'FILE.json', about: 'the best fit, as moe fit --save', read: text },
};

const usage = () => `usage: moe select TABLE FORMULA [options]
       moe select TABLE --response COLUMN [options]

Fits every number of experts in a range, and prints log-likelihood, AIC, BIC and ICL of each: moe fit --select without the
report of the best, which moe summary prints of --save. FORMULA is as in moe fit.

${optionHelp(options)}

${pluginHelp}
`;

export const select: Command = {
  options,
  async run(written, { output, errors }) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      output.write(usage());
      return 0;
    }
    const asked = modelOptions(WHO, given, words);
    const { save, json, range: tried = [1, 6] as const, criterion = 'bic' } = given;
    if (save !== undefined)
      expectOutput(WHO, '--save', resolve(save), save, { inputs: { 'the table': resolve(asked.file) } });
    const sample = fitSample(asked);
    const progress = stepProgress(errors);
    let selection: Selection;
    try {
      selection = inOptionWords(WHO, sample.rows, () =>
        selectExperts({
          ...likelihoodModel(asked, sample),
          ...{ range: tried, criterion },
          onFit: (count, done) =>
            progress.reach(`${count} experts: log-likelihood ${done.logLikelihood.toFixed(3)}`),
        }),
      );
    } finally {
      progress.stop();
    }
    const best = withOptionWords(withSurplusExperts(withClassNames(selection.best.fit, sample.classNames)));
    output.write(`${json ? jsonText(selectionResult(selection)) : selectionText(selection)}\n`);
    if (save !== undefined) writeSavedFit(save, best, sample, asked);
    return best.converged ? 0 : 1;
  },
};
