/**
 * `pnpm digits`: trains a mixture of experts and a dense network on handwritten digits and reports on both.
 *
 * Exit status: 0 when all went well; 1 when something failed; 2 when the options were wrong; 130, 143 or 129 after Ctrl-C,
 * SIGTERM or a closed terminal, whether or not something had been learned.
 */
import { resolve } from 'node:path';
import { expectOutputFolder, runProgram, stopOnSignals, type Terminal } from '@tfjs-moe/command-line';
import { chooseExpert, chooseGate } from './choices.ts';
import { parseOptions, usage, WHO, wantsHelp } from './options.ts';
import { run } from './run.ts';

/** Undoes what the progress bar does to a terminal: shows the cursor and wraps long lines again. */
const RESTORE_TERMINAL = '\u001b[?25h\u001b[?7h\n';

process.exitCode = await runProgram(WHO, main);

async function main({ output }: Terminal): Promise<number> {
  const words = process.argv.slice(2);
  if (wantsHelp(words)) {
    output.write(usage());
    return 0;
  }
  const options = parseOptions(words, resolve('.'));
  chooseGate(options);
  chooseExpert(options);
  expectOutputFolder(WHO, '--out', options.out, options.out);
  const stop = stopOnSignals({
    onFirst: () => output.write('\nKeeping what was learned so far; press Ctrl-C again to quit at once.\n'),
    onSecond: () => output.isTTY && output.write(RESTORE_TERMINAL),
  });
  try {
    return await run(options, output, stop);
  } finally {
    stop.release();
  }
}
