/**
 * `moe fit`: a mixture of experts fitted to a table, reported as R would.
 *
 * Exit status: 0 when the fit converged, 1 when not, 2 for bad input.
 */

import { resolve } from 'node:path';
import { expectOutput, jsonText, optionHelp, replaceFile, type Terminal } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import {
  fitLeastSquares,
  fitMaximumLikelihood,
  type LeastSquaresFit,
  type MaximumLikelihoodFit,
  type MaximumLikelihoodProgress,
  type Selection,
  selectExperts,
  summary,
  withReference,
} from '@tfjs-moe/estimators';
import type { Command } from '../command.ts';
import { withClassNames } from '../fit/class-names.ts';
import { type FitOptions, fitOptions, fitOptionTable } from '../fit/fit-options.ts';
import { leastSquaresResult, likelihoodResult } from '../fit/fit-result.ts';
import { type FitSample, fitSample } from '../fit/fit-sample.ts';
import { testResults, testText } from '../fit/hypotheses.ts';
import { leastSquaresText } from '../fit/least-squares-text.ts';
import { likelihoodModel, pluginsOf } from '../fit/likelihood-model.ts';
import { inOptionWords, withOptionWords } from '../fit/option-words.ts';
import { profileCurveResults, profileCurveText } from '../fit/profile-curves.ts';
import { profileResults, profileText } from '../fit/profiles.ts';
import { type FitReport, fitPage } from '../fit/report/page.ts';
import { selectionResult, selectionText } from '../fit/selection.ts';
import { type ShrunkPath, shrunkPath, shrunkPathResult, shrunkPathText } from '../fit/shrunk-path.ts';
import { withSurplusExperts } from '../fit/surplus-experts.ts';
import { pluginHelp } from '../plugin-words.ts';
import { writeSavedFit } from '../saved/write-saved-fit.ts';
import { stepProgress } from '../step-progress.ts';

const WHO = 'moe fit';

const usage = () => `usage: moe fit TABLE FORMULA [options]
       moe fit TABLE --response COLUMN [options]

Fits a mixture of experts to a CSV file and prints what summary(refit(m)) prints in R. The exit status is 0 when the fit
converged, 1 when not, 2 for bad input.

FORMULA is as in R, in quotes: "y ~ x * site + offset(log(t)) | z". Right of the bar stands what the gate sees; without a bar
it sees what the experts see, and after | 1 nothing.

${optionHelp(fitOptionTable)}

${pluginHelp}
`;

export const fit: Command = {
  options: fitOptionTable,
  async run(words, terminal) {
    const options = fitOptions(words);
    if (options === undefined) {
      terminal.output.write(usage());
      return 0;
    }
    expectOutputs(options);
    const sample = fitSample(options);
    expectOneResponse(options, sample);
    const fitted = options.estimator === 'leastSquares' ? squares : likelihood;
    const found = inOptionWords(WHO, sample.rows, () => fitted(options, sample, terminal));
    return finish(options, sample, found, terminal);
  },
};

/** Whether the files that are asked for can be written, before there is anything to lose. */
function expectOutputs({ save, plot, file }: FitOptions): void {
  const inputs = { 'the table': resolve(file) };
  if (save !== undefined) expectOutput(WHO, '--save', resolve(save), save, { inputs });
  if (plot === undefined) return;
  expectOutput(WHO, '--plot', resolve(plot), plot, { inputs });
  if (save !== undefined && resolve(save) === resolve(plot))
    throw new MoeError(WHO, '--save and --plot must be two files', plot);
}

/** Refuses what there is of one response alone, before anything is fitted. */
function expectOneResponse(
  { plot, profile, profileCurve, estimator }: FitOptions,
  { moreResponses }: FitSample,
): void {
  if (moreResponses === undefined) return;
  const refuse = (option: string, received: unknown) =>
    new MoeError(WHO, `${option} is for one response, and the formula has several`, received);
  if (plot !== undefined) throw refuse('--plot', plot);
  if (profile !== undefined) throw refuse('--profile', profile);
  if (profileCurve !== undefined) throw refuse('--profile-curve', profileCurve);
  if (estimator === 'leastSquares') throw refuse('--estimator leastSquares', estimator);
}

/** What there is to show of a fit. */
type Fitted = Omit<FitReport, 'file' | 'errors' | 'level'> & { readonly result: object };

function likelihood(options: FitOptions, sample: FitSample, terminal: Terminal): Fitted {
  const { errors, experts, criterion, reference, interval, penalty } = options;
  const progress = stepProgress(terminal.errors);
  let told = '';
  const shared = {
    ...likelihoodModel(options, sample),
    ...(typeof penalty?.strength === 'number' && {
      penalty: { alpha: penalty.alpha, gate: penalty.gate, lambda: penalty.strength },
    }),
    onProgress({ start, starts: all, logLikelihood }: MaximumLikelihoodProgress) {
      if (told === `${start}`) return;
      told = `${start}`;
      progress.reach(`start ${start + 1} of ${all}, log-likelihood ${logLikelihood.toFixed(3)}`);
    },
  };
  let selection: Selection | undefined;
  let chosen: MaximumLikelihoodFit;
  let shrunk: ShrunkPath | undefined;
  try {
    if (penalty !== undefined && typeof penalty.strength !== 'number') {
      shrunk = shrunkPath({ ...shared, experts: experts as number }, penalty, (fold) =>
        progress.reach(`fold ${fold + 1} of the cross-validation`),
      );
      chosen = shrunk.path.fits[shrunk.taken]!;
    } else if (typeof experts === 'number') chosen = fitMaximumLikelihood({ ...shared, experts });
    else {
      selection = selectExperts({
        ...shared,
        range: experts,
        criterion,
        onFit: (count, done) =>
          progress.reach(`${count} experts: log-likelihood ${done.logLikelihood.toFixed(3)}`),
      });
      chosen = selection.best.fit;
    }
  } finally {
    progress.stop();
  }
  if (reference !== undefined) chosen = withReference(chosen, reference);
  chosen = withOptionWords(withSurplusExperts(withClassNames(chosen, sample.classNames)));
  const level = interval === undefined ? {} : { level: interval };
  const report = summary(chosen, { errors, ...level }).text.trimEnd();
  const tests = options.test === undefined ? undefined : testResults(chosen, options.test, errors);
  const profiles =
    options.profile === undefined
      ? undefined
      : profileResults(chosen, sample, options.profile, interval ?? 0.95);
  const curves =
    options.profileCurve === undefined
      ? undefined
      : profileCurveResults(chosen, sample, options.profileCurve);
  const parts = [
    selection && selectionText(selection),
    shrunk && shrunkPathText(shrunk),
    report,
    tests && testText(tests),
    profiles && profileText(profiles, interval ?? 0.95),
    curves && profileCurveText(curves),
  ];
  const text = parts.filter((part) => part !== undefined).join('\n\n');
  const result = {
    ...likelihoodResult(chosen, { errors, interval, classes: sample.classNames }),
    ...(shrunk !== undefined && { path: shrunkPathResult(shrunk) }),
    ...(tests !== undefined && { tests }),
    ...(profiles !== undefined && { profiles }),
    ...(curves !== undefined && { profileCurves: curves }),
  };
  return {
    fit: chosen,
    sample,
    selection,
    profiles,
    curves,
    text,
    result: selection ? { ...result, selection: selectionResult(selection) } : result,
  };
}

function squares(options: FitOptions, sample: FitSample, terminal: Terminal): Fitted {
  const { starts, seed, experts } = options;
  const progress = stepProgress(terminal.errors);
  let told = '';
  let done: LeastSquaresFit;
  try {
    done = fitLeastSquares({
      ...pluginsOf(options, sample),
      experts: experts as number,
      data: sample,
      seed,
      ...(starts !== undefined && { starts }),
      onProgress({ stage, start, residualSumOfSquares }) {
        const place = `${stage}, start ${start + 1}`;
        if (place === told) return;
        told = place;
        progress.reach(`${place}, residual sum of squares ${residualSumOfSquares.toPrecision(6)}`);
      },
    });
  } finally {
    progress.stop();
  }
  const names = { response: sample.responseName, inputs: sample.inputNames };
  const result = leastSquaresResult(done, names);
  return { fit: done, sample, text: leastSquaresText(result), result };
}

/** Prints, writes what was asked for, and returns the exit status. What is printed is there even if no file can be. */
function finish(
  options: FitOptions,
  sample: FitSample,
  { result, ...report }: Fitted,
  { output }: Terminal,
): number {
  const { save, plot, json, file, errors, interval } = options;
  const { terms } = sample;
  const { converged } = report.fit;
  output.write(`${json ? jsonText({ ...result, ...(terms && { terms }) }) : report.text}\n`);
  if (save !== undefined) writeSavedFit(save, report.fit, sample, options);
  if (plot !== undefined) {
    const content = fitPage({ ...report, file, errors, level: interval });
    replaceFile(WHO, { path: resolve(plot), written: plot, content }, { what: '--plot' });
  }
  return converged ? 0 : 1;
}
