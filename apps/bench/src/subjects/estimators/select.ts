/** `moe fit --select 1..6` on a table of 10,000 rows, the start of the command included. */
import { join } from 'node:path';
import { withTemporaryFolder } from '@tfjs-moe/command-line';
import type { Row, Run } from '../../subject.ts';
import { type Case, underSeconds } from './case.ts';
import { commandMs } from './command-run.ts';
import { families } from './drawn.ts';
import { writeTable } from './write-table.ts';

const ROWS = 10_000;
const SECONDS = 10;

export function selectCases({ quick }: Run): Case[] {
  // Four to six are nearly all of the time.
  const range = quick ? '1..3' : '1..6';
  return families
    .filter(({ family }) => family === 'gaussian' || (family === 'poisson' && !quick))
    .map((of) => {
      const name = `moe fit --family ${of.family} --select ${range}, n = ${ROWS}, 10 starts each`;
      return {
        topic: 'select',
        name,
        measure: (): Promise<Row> =>
          withTemporaryFolder('bench-select', async (folder) => {
            const table = join(folder, 'table.csv');
            writeTable(table, of, 3, ROWS);
            const words = ['fit', table, 'y ~ x | z', '--family', of.family, '--select', range, '--json'];
            // 1 where the best did not converge, which is none of the clock's business.
            const ms = await commandMs(words, [0, 1]);
            return { case: name, mode: 'maximum likelihood', ...underSeconds(ms, SECONDS) };
          }),
      };
    });
}
