/**
 * `moe fit`: a mixture of experts fitted to a table, reported as R would.
 *
 * Exit status: 0 when the fit converged, 1 when not, 2 for bad input.
 */
import { writeFileSync } from 'node:fs';
import type { TableSample } from '@tfjs-moe/datasets';
import {
  fitLeastSquares,
  fitMaximumLikelihood,
  type LeastSquaresFit,
  type MaximumLikelihoodFit,
  type MaximumLikelihoodProgress,
  type Selection,
  selectAtoms,
  summary,
} from '@tfjs-moe/estimators';
import { measureToJSON } from '@tfjs-moe/measures';
import type { Command } from '../command.ts';
import { withClassNames } from '../fit/class-names.ts';
import { type FitOptions, fitOptions } from '../fit/fit-options.ts';
import { leastSquaresResult, likelihoodResult } from '../fit/fit-result.ts';
import { fitSample } from '../fit/fit-sample.ts';
import { leastSquaresText } from '../fit/least-squares-text.ts';
import { type FitReport, fitPage } from '../fit/report/page.ts';
import { selectionResult, selectionText } from '../fit/selection.ts';
import { pluginHelp } from '../plugin-words.ts';
import { stepProgress } from '../step-progress.ts';
import { expectOutput } from '../user-output.ts';
import { userPath } from '../user-path.ts';

const WHO = 'moe fit';

const USAGE = `usage: pnpm --silent moe fit TABLE --response COLUMN [options]

Fits a mixture of experts to a CSV file and prints what summary(refit(m)) prints in R. The exit status is 0 when the fit
converged, 1 when not, 2 for bad input.

  --response COLUMN   what is explained
  --inputs A,B        by what (default: all other columns); names with commas in double quotes
  --factors A,B       inputs whose values are categories: an indicator for each but the first
  --weights COLUMN    how often each row counts
  --missing WORD      refuse (default) or drop rows with missing values
  --decimal CHAR      what stands before decimals: . (default) or ,
  --experts K         number of experts (default: 2)
  --select A..B       try each number of experts, and take the best by --criterion bic (default), aic or icl
  --gate GATE         who explains what (default: softmax)
  --router ROUTER     what scores the experts (default: that of the gate, linear)
  --expert EXPERT     what each expert says (default: linear)
  --family WORD       gaussian (default), or multinomial for a response of classes
  --variances WORD    own (default), or common to all experts
  --errors WORD       standard errors from the observed information (observed, default), or sandwich
  --estimator WORD    maximumLikelihood (default), or leastSquares for any gate
  --starts N          climbs from different starts (default: 10; 12 for least squares)
  --seed N            decides the starts (default: 0)
  --json              one JSON object on standard output
  --plot FILE.html    pictures of the fit
  --save FILE.json    the mixing measure, for moe simulate and for programs

${pluginHelp}`;

export const fit: Command = {
  async run(words) {
    const options = fitOptions(words);
    if (options === undefined) {
      console.log(USAGE);
      return 0;
    }
    if (options.save !== undefined) expectOutput(WHO, '--save', options.save);
    if (options.plot !== undefined) expectOutput(WHO, '--plot', options.plot);
    const sample = fitSample(options);
    return options.estimator === 'leastSquares' ? squares(options, sample) : likelihood(options, sample);
  },
};

function likelihood(options: FitOptions, sample: TableSample): number {
  const { gate, expert, variances, family, starts, seed, errors, experts, criterion } = options;
  const progress = stepProgress(process.stderr);
  let told = '';
  const shared = {
    ...{ gate, expert, data: sample, variances, seed, response: family },
    ...(starts !== undefined && { starts }),
    onProgress({ start, starts: all, logLikelihood }: MaximumLikelihoodProgress) {
      if (told === `${start}`) return;
      told = `${start}`;
      progress.step(`start ${start + 1} of ${all}, log-likelihood ${logLikelihood.toFixed(3)}`);
    },
  };
  let selection: Selection | undefined;
  let chosen: MaximumLikelihoodFit;
  try {
    if (typeof experts === 'number') chosen = fitMaximumLikelihood({ ...shared, atoms: experts });
    else {
      selection = selectAtoms({
        ...{ ...shared, range: experts, criterion },
        onFit: (count, done) =>
          progress.step(`${count} experts: log-likelihood ${done.logLikelihood.toFixed(3)}`),
      });
      chosen = selection.best.fit;
    }
  } finally {
    progress.stop();
  }
  chosen = withClassNames(chosen, sample.classNames);
  const report = summary(chosen, { errors }).text.trimEnd();
  const text = selection ? `${selectionText(selection)}\n\n${report}` : report;
  const result = likelihoodResult(chosen, errors, sample.classNames);
  return finish(options, {
    ...{ fit: chosen, sample, selection, text },
    result: selection ? { ...result, selection: selectionResult(selection) } : result,
  });
}

function squares(options: FitOptions, sample: TableSample): number {
  const { gate, expert, starts, seed, experts } = options;
  const progress = stepProgress(process.stderr);
  let told = '';
  let done: LeastSquaresFit;
  try {
    done = fitLeastSquares({
      ...{ gate, expert, atoms: experts as number, data: sample, seed },
      ...(starts !== undefined && { starts }),
      onProgress({ stage, start, residualSumOfSquares }) {
        const place = `${stage}, start ${start + 1}`;
        if (place === told) return;
        told = place;
        progress.step(`${place}, residual sum of squares ${residualSumOfSquares.toPrecision(6)}`);
      },
    });
  } finally {
    progress.stop();
  }
  const names = { response: sample.responseName, inputs: sample.inputNames };
  const result = leastSquaresResult(done, names);
  return finish(options, { fit: done, sample, text: leastSquaresText(result), result });
}

/** Writes what was asked for, prints, and returns the exit status. */
function finish(
  { save, plot, json, file, errors }: FitOptions,
  { result, ...report }: Omit<FitReport, 'file' | 'errors'> & { readonly result: object },
): number {
  const { measure, converged } = report.fit;
  if (save !== undefined)
    writeFileSync(userPath(save), `${JSON.stringify(measureToJSON(measure), null, 2)}\n`);
  if (plot !== undefined) writeFileSync(userPath(plot), fitPage({ ...report, file, errors }));
  console.log(json ? JSON.stringify(result) : report.text);
  return converged ? 0 : 1;
}
