/**
 * `moe bootstrap`: estimates with the errors and intervals of replicates.
 *
 * Exit status: as `moe fit`; 130, 143 or 129 after a signal.
 */
import { jsonText, optionHelp } from '@tfjs-moe/command-line';
import { bootstrapOptions, bootstrapOptionTable } from '../bootstrap/bootstrap-options.ts';
import { bootstrapText } from '../bootstrap/bootstrap-text.ts';
import { observedBootstrap, runBootstrap } from '../bootstrap/run-bootstrap.ts';
import type { Command } from '../command.ts';
import { pluginHelp } from '../plugin-words.ts';
import { keptHelp, runReplicatesCommand } from '../replicates/replicates-command.ts';

const usage = () => `usage: moe bootstrap TABLE FORMULA [options]
       moe bootstrap TABLE --response COLUMN [options]

Fits a mixture of experts, and fits it again to samples that are drawn anew: how estimates vary, without trusting the Hessian.
Experts of a replicate stand in the order that is nearest to the fit's. FORMULA is as in moe fit.

${optionHelp(bootstrapOptionTable)}

${keptHelp}

${pluginHelp}
`;

export const bootstrap: Command = {
  options: bootstrapOptionTable,
  async run(words, terminal) {
    const { output } = terminal;
    const options = bootstrapOptions(words);
    if (options === undefined) {
      output.write(usage());
      return 0;
    }
    return runReplicatesCommand(terminal, {
      observe: (onFit) => observedBootstrap(options, onFit),
      run: (observed, watch) => runBootstrap({ observed, source: { words }, ...watch }),
      show({ rows, failed }, { fit: { converged } }) {
        const { kind, replicates, seed, level, json } = options;
        const about = { kind, replicates, failed, seed, level, converged };
        output.write(`${json ? jsonText({ ...about, rows }) : bootstrapText(rows, about)}\n`);
        return converged ? 0 : 1;
      },
    });
  },
};
