/** The command `moe` in a process of its own, from its start to its end. */
import { resolve } from 'node:path';
import { runProcess } from '../../run-process.ts';

const MOE = resolve(import.meta.dirname, '../../../../../packages/cli/dist/main.js');

/** Milliseconds; `expected` are the statuses with which it may end. */
export async function commandMs(
  words: readonly string[],
  expected: readonly number[] = [0],
): Promise<number> {
  const start = performance.now();
  const { status, stderr } = await runProcess(process.execPath, [MOE, ...words]);
  if (status === undefined || !expected.includes(status))
    throw new Error(`moe ${words[0]} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}
