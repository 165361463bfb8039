/**
 * `pnpm digits`: trains a mixture of experts and a dense network on handwritten digits and reports on both.
 *
 * Exit status: 0 when all went well; 1 when something failed; 2 when the options were wrong; 130 after Ctrl-C, whether
 * or not something had been learned.
 */
import { MoeError } from '@tfjs-moe/core';
import { chooseExpert, chooseGate } from './choices.ts';
import { interruptSignal } from './interrupt.ts';
import { type Options, parseOptions, usage, wantsHelp } from './options.ts';
import { run } from './run.ts';

/** Undoes what the progress bar does to a terminal: shows the cursor and wraps long lines again. */
const RESTORE_TERMINAL = '\u001b[?25h\u001b[?7h\n';

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  if (wantsHelp(words)) {
    console.log(await usage());
    return 0;
  }
  let options: Options;
  try {
    // pnpm starts programs in the folder of their package; this is where the user is.
    options = parseOptions(words, process.env.INIT_CWD ?? process.cwd());
    chooseGate(options);
    chooseExpert(options);
  } catch (error) {
    return complain(error, 2);
  }
  const signal = interruptSignal(
    () => console.log('\nKeeping what was learned so far; press Ctrl-C again to quit at once.'),
    () => process.stdout.isTTY && process.stdout.write(RESTORE_TERMINAL),
  );
  try {
    return await run(options, process.stdout, signal);
  } catch (error) {
    return complain(error, 1);
  }
}

/** One line for what the user can mend, everything for what only a programmer can. */
function complain(error: unknown, status: number): number {
  console.error(error instanceof MoeError ? error.message : error);
  return status;
}
