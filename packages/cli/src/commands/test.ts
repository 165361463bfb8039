/**
 * `moe test`: whether so many experts are enough, by the bootstrap likelihood ratio against more of them.
 *
 * Exit status: 0 when the fit with the smaller number converged, 1 when not, 2 for bad input; 130, 143 or 129 after a signal.
 */
import { jsonText, optionHelp } from '@tfjs-moe/command-line';
import type { Command } from '../command.ts';
import { observedTest, runTest } from '../experts-test/run-test.ts';
import { testOptions, testOptionTable } from '../experts-test/test-options.ts';
import { testText } from '../experts-test/test-result.ts';
import { pluginHelp } from '../plugin-words.ts';
import { keptHelp, runReplicatesCommand } from '../replicates/replicates-command.ts';

const usage = () => `usage: moe test TABLE FORMULA --experts K [options]
       moe test TABLE --response COLUMN --experts K [options]

Tests whether K experts are enough against K + 1, or as many as --against says, by the likelihood ratio and its law when K
are: samples are drawn from the fit with K experts, and both numbers are fitted to each. FORMULA is as in moe fit.

${optionHelp(testOptionTable)}

${keptHelp}

${pluginHelp}
`;

export const test: Command = {
  options: testOptionTable,
  async run(words, terminal) {
    const { output } = terminal;
    const options = testOptions(words);
    if (options === undefined) {
      output.write(usage());
      return 0;
    }
    return runReplicatesCommand(terminal, {
      observe: (onFit) => observedTest(options, onFit),
      run: (observed, watch) => runTest({ observed, source: { words }, ...watch }),
      show(result) {
        output.write(`${options.json ? jsonText(result) : testText(result)}\n`);
        return result.fits[0].converged ? 0 : 1;
      },
    });
  },
};
