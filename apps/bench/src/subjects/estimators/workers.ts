/** Work of many fits on two worker threads against the same on one, in processes of their own, start included. */
import { join } from 'node:path';
import { withTemporaryFolder } from '@tfjs-moe/command-line';
import type { Row, Run } from '../../subject.ts';
import { type Case, reached } from './case.ts';
import { commandMs } from './command-run.ts';
import { families } from './drawn.ts';
import { writeTable } from './write-table.ts';

/** How many times as fast two are to be as one. */
const TIMES = 1.6;

export function workerCases({ quick }: Run): Case[] {
  const replicates = quick ? 20 : 400;
  return [
    inTurns(`bootstrap, ${replicates} replicates of 2 gaussian experts, n = 5000`, (folder, out) => [
      ...['bootstrap', tableIn(folder), 'y ~ x | z', '--experts', '2'],
      ...['--replicates', `${replicates}`, '--out', out, '--json'],
    ]),
    inTurns('study over-fitted --quick', (_folder, out) => [
      ...['study', 'over-fitted', '--quick', '--out', out],
    ]),
  ];
}

function tableIn(folder: string): string {
  return join(folder, 'table.csv');
}

function inTurns(name: string, words: (folder: string, out: string) => readonly string[]): Case {
  return { topic: 'workers', name, measure: (run) => workersRow(name, words, run) };
}

/** Of several runs the fastest counts, on both sides: the one that other work on the machine disturbed least. */
function workersRow(
  name: string,
  words: (folder: string, out: string) => readonly string[],
  { quick, log }: Run,
): Promise<Row> {
  const best = { 1: Infinity, 2: Infinity };
  return withTemporaryFolder('bench-workers', async (folder) => {
    writeTable(tableIn(folder), families[0]!, 2, 5000);
    for (let round = 0; round < (quick ? 1 : 2); round++) {
      for (const workers of [1, 2] as const) {
        log(`${name} on ${workers} ${workers === 1 ? 'thread' : 'threads'}`);
        const out = join(folder, `${round}-${workers}.jsonl`);
        const ms = await commandMs([...words(folder, out), '--workers', `${workers}`]);
        best[workers] = Math.min(best[workers], ms);
      }
    }
    const part = best[2] / best[1];
    return {
      case: name,
      mode: 'two workers',
      ratios: { oneWorker: part },
      spread: {},
      ms: best[2],
      seconds: best[2] / 1000,
      speedUp: 1 / part,
      ...reached({ bar: `${TIMES} times as fast as one`, share: part * TIMES }),
    };
  });
}
