import { resolve } from 'node:path';
import { type Contender, median, ratioOf, takeTurns } from './pairs.ts';
import { runProcess } from './run-process.ts';
import type { Row, Run } from './subject.ts';

const MOE = resolve(import.meta.dirname, '../../../packages/cli/dist/main.js');

/** A process of Node as a contender, from its start to its end. */
function processOf(name: string, words: readonly string[]): Contender {
  return {
    name,
    async run() {
      const { status, stderr } = await runProcess(process.execPath, words);
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
    },
  };
}

/** A Node that does nothing. */
export const emptyNode: Contender = processOf('node', ['-e', '0']);

/** The command `moe` with these words. */
export const moe = (words: readonly string[]): Contender =>
  processOf(`moe ${words.join(' ')}`, [MOE, ...words]);

/** How long programs take, against another one that takes turns with each. */
export async function processRows(
  { quick, log }: Run,
  programs: readonly Contender[],
  other: Contender,
  mode: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const program of programs) {
    log(program.name);
    const effort = { rounds: quick ? 5 : 15, atLeastMs: 1, slowMs: 20_000 };
    const timings = await takeTurns([program, other], effort);
    const ratio = ratioOf(timings, program.name, other.name);
    rows.push({
      case: program.name,
      mode,
      ratios: { [other.name]: ratio.median },
      spread: { [other.name]: ratio.spread },
      ms: median(timings, program.name),
      moreMs: median(timings, program.name) - median(timings, other.name),
    });
  }
  return rows;
}
