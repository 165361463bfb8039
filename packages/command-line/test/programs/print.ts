/** Prints a thousand lines, and then fails if it is asked to. */
import { MoeError } from '@tfjs-moe/core';
import { runProgram } from '../../src/index.ts';

process.exitCode = await runProgram('print', ({ output, errors }) => {
  errors.write('at work\n');
  for (let i = 1; i <= 1000; i++) output.write(`line ${i} of 1000: ${'.'.repeat(60)}\n`);
  const [how] = process.argv.slice(2);
  if (how === 'user') throw new MoeError('print', 'a word must be right', how);
  if (how === 'bug') throw new TypeError('of a programmer');
  return how === 'status' ? 3 : 0;
});
