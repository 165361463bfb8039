/** A convergence study on two worker threads against the same study on one, in processes of their own, start included. */
import { join, resolve } from 'node:path';
import { withTemporaryFolder } from '@tfjs-moe/command-line';
import { runProcess } from '../run-process.ts';
import type { Row, Run } from '../subject.ts';

const MOE = resolve(import.meta.dirname, '../../../../packages/cli/dist/main.js');
const STUDY = 'over-fitted';

/** Of several runs the fastest counts, on both sides: the one that other work on the machine disturbed least. */
export async function studyWorkersRow({ quick, log }: Run): Promise<Row> {
  const best = { 1: Infinity, 2: Infinity };
  await withTemporaryFolder('bench-study', async (folder) => {
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const workers of [1, 2] as const) {
        log(`study ${STUDY} --quick on ${workers} ${workers === 1 ? 'thread' : 'threads'}`);
        const out = join(folder, `${round}-${workers}.jsonl`);
        const words = [MOE, 'study', STUDY, '--quick', '--workers', String(workers), '--out', out];
        const start = performance.now();
        const { status, stderr } = await runProcess(process.execPath, words);
        if (status !== 0) throw new Error(`moe study ended with ${status}: ${stderr}`);
        best[workers] = Math.min(best[workers], performance.now() - start);
      }
    }
  });
  return {
    case: `study ${STUDY} --quick`,
    mode: 'two workers',
    ratios: { oneWorker: best[2] / best[1] },
    spread: {},
    ms: best[2],
    seconds: best[2] / 1000,
    speedUp: best[1] / best[2],
  };
}
