/**
 * `pnpm names`: trains a character transformer with mixtures and a dense one on names, and reports on both.
 *
 * Exit status: 0 when all went well; 1 when something failed; 2 when the options were wrong; 130, 143 or 129 after Ctrl-C,
 * SIGTERM or a closed terminal.
 */
import { resolve } from 'node:path';
import { expectOutputFolder, runProgram, stopOnSignals, type Terminal } from '@tfjs-moe/command-line';
import { parseOptions, usage, WHO } from './options.ts';
import { run } from './run.ts';

process.exitCode = await runProgram(WHO, main);

async function main({ output }: Terminal): Promise<number> {
  const words = process.argv.slice(2);
  if (words.some((word) => word === '--help' || word === '-h')) {
    output.write(usage());
    return 0;
  }
  const options = parseOptions(words, resolve('.'));
  expectOutputFolder(WHO, '--out', options.out, options.out);
  const stop = stopOnSignals({
    onFirst: () => output.write('\nKeeping what was learned so far; press Ctrl-C again to quit at once.\n'),
    onSecond: () => output.write('\n'),
  });
  try {
    return await run(options, output, stop);
  } finally {
    stop.release();
  }
}
