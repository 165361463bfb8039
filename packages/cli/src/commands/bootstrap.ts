/** `moe bootstrap`: estimates with the errors and intervals of replicates. Exit status: as `moe fit`. */
import { integer, jsonText, oneOf, optionHelp, readOptions } from '@tfjs-moe/command-line';
import { type Bootstrap, fitMaximumLikelihood, bootstrap as replicatesOf } from '@tfjs-moe/estimators';
import { bootstrapText } from '../bootstrap/bootstrap-text.ts';
import type { Command } from '../command.ts';
import { withClassNames } from '../fit/class-names.ts';
import { fitSample } from '../fit/fit-sample.ts';
import { likelihoodModel } from '../fit/likelihood-model.ts';
import { modelOptions, modelTable } from '../fit/model-options.ts';
import { level } from '../level.ts';
import { pluginHelp } from '../plugin-words.ts';
import { stepProgress } from '../step-progress.ts';

const WHO = 'moe bootstrap';

const options = {
  ...modelTable,
  replicates: { value: 'B', about: 'samples (default: 200)', read: integer({ min: 2, max: 1_000_000 }) },
  kind: {
    value: 'WORD',
    about:
      'nonparametric (default): rows drawn again, of groups all of one; parametric: responses drawn from the fit',
    read: oneOf(['nonparametric', 'parametric']),
  },
  level: { value: 'LEVEL', about: 'of the intervals (default: 0.95)', read: level },
  seed: { ...modelTable.seed, about: 'decides the starts and the samples (default: 0)' },
  json: { about: 'one JSON object on standard output' },
};

const usage = () => `usage: moe bootstrap TABLE FORMULA [options]
       moe bootstrap TABLE --response COLUMN [options]

Fits a mixture of experts, and fits it again to samples that are drawn anew: how estimates vary, without trusting the Hessian.
Experts of a replicate stand in the order that is nearest to the fit's. FORMULA is as in moe fit.

${optionHelp(options)}

${pluginHelp}
`;

export const bootstrap: Command = {
  options,
  async run(written, { output, errors }) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      output.write(usage());
      return 0;
    }
    const asked = modelOptions(WHO, given, words);
    const { experts = 2, replicates = 200, kind = 'nonparametric', level: of95 = 0.95, json } = given;
    const sample = fitSample(asked);
    const progress = stepProgress(errors);
    try {
      progress.step(`fitting ${experts} experts`);
      const found = fitMaximumLikelihood({ ...likelihoodModel(asked, sample), experts });
      const fit = withClassNames(found, sample.classNames);
      const { seed } = asked;
      const drawn: Bootstrap = replicatesOf(fit, sample, {
        ...{ kind, replicates, seed, level: of95 },
        onReplicate: (index) => progress.step(`replicate ${index + 1} of ${replicates}`),
      });
      progress.stop();
      const { rows, failed } = drawn;
      const about = { kind, replicates, failed, seed, level: of95, converged: fit.converged };
      output.write(`${json ? jsonText({ ...about, rows }) : bootstrapText(rows, about)}\n`);
      return fit.converged ? 0 : 1;
    } finally {
      progress.stop();
    }
  },
};
