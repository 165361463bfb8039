/**
 * `moe test`: whether so many experts are enough, by the bootstrap likelihood ratio against more of them.
 *
 * Exit status: 0 when the fit with the smaller number converged, 1 when not, 2 for bad input; 130, 143 or 129 after a signal.
 */
import { jsonText, optionHelp, stopOnSignals } from '@tfjs-moe/command-line';
import type { Command } from '../command.ts';
import { type ObservedTest, observedTest, runTest } from '../experts-test/run-test.ts';
import type { TestOutcome } from '../experts-test/test-file.ts';
import { testOptions, testOptionTable } from '../experts-test/test-options.ts';
import { type TestResult, testText } from '../experts-test/test-result.ts';
import { pluginHelp } from '../plugin-words.ts';
import { stepProgress } from '../step-progress.ts';
import { taskProgress } from '../tasks/progress.ts';

const usage = () => `usage: moe test TABLE FORMULA --experts K [options]
       moe test TABLE --response COLUMN --experts K [options]

Tests whether K experts are enough against K + 1, or as many as --against says, by the likelihood ratio and its law when K
are: samples are drawn from the fit with K experts, and both numbers are fitted to each. FORMULA is as in moe fit.

${optionHelp(testOptionTable)}

While a test is at work, PATH.partial holds its finished replicates and PATH.lock says who it is. Ctrl-C, SIGTERM and a closed
terminal end it after the replicates that are begun; the same command goes on where it stopped, also with more --replicates.

${pluginHelp}
`;

export const test: Command = {
  options: testOptionTable,
  async run(words, { output, errors }) {
    const options = testOptions(words);
    if (options === undefined) {
      output.write(usage());
      return 0;
    }
    const fitting = stepProgress(errors);
    let observed: ObservedTest;
    try {
      // A fit cannot be ended half-way: signals do what they do otherwise.
      observed = observedTest(options, fitting.step);
    } finally {
      fitting.stop();
    }
    const progress = taskProgress<TestOutcome>(errors);
    const stop = stopOnSignals({
      onFirst: () =>
        errors.write('\nEnding after the replicates that are begun; another signal quits at once.\n'),
      onSecond: () => progress.stop(),
    });
    const onWait = (said: string) => errors.write(`${said}\n`);
    let result: TestResult | undefined;
    try {
      const { signal } = stop;
      result = await runTest({ observed, source: { words }, signal, onWait, ...progress });
    } finally {
      progress.stop();
      stop.release();
    }
    if (result === undefined) {
      errors.write('Interrupted. The same command goes on where it stopped.\n');
      return stop.status ?? 1;
    }
    errors.write(`replicates: ${observed.out}\n`);
    output.write(`${options.json ? jsonText(result) : testText(result)}\n`);
    return result.fits[0].converged ? 0 : 1;
  },
};
