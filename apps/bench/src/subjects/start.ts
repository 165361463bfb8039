/** What the first call of a layer costs beyond a warm one, each time in a process of its own. */
import { join } from 'node:path';
import { describeSizes, type Sizes } from '../feed-forward.ts';
import { quantile } from '../pairs.ts';
import { runProcess } from '../run-process.ts';
import type { Row, Subject } from '../subject.ts';

const quickCases: readonly Sizes[] = [
  { T: 32, D: 8, H: 16, E: 4, K: 2 },
  { T: 1024, D: 64, H: 256, E: 8, K: 2 },
];

const allCases: readonly Sizes[] = [...quickCases, { T: 1024, D: 256, H: 1024, E: 8, K: 2 }];

export const start: Subject = {
  name: 'start',
  about:
    'time of the first call of a layer over that of a warm one, forward, in fresh processes; more is their difference',
  async measure({ quick, log }) {
    const rows: Row[] = [];
    for (const sizes of quick ? quickCases : allCases) {
      log(describeSizes(sizes));
      const runs: Times[] = [];
      for (let run = 0; run < (quick ? 5 : 11); run++) runs.push(await inNewProcess(sizes));
      rows.push(rowOf(sizes, runs));
    }
    return rows;
  },
};

interface Times {
  readonly first: number;
  readonly warm: number;
}

function rowOf(sizes: Sizes, runs: readonly Times[]): Row {
  const ratios = runs.map(({ first, warm }) => first / warm);
  const half = (values: number[]) => quantile(values, 0.5);
  return {
    case: describeSizes(sizes),
    mode: 'first call',
    ratios: { warm: half(ratios) },
    spread: { warm: [quantile(ratios, 0.25), quantile(ratios, 0.75)] },
    ms: half(runs.map(({ first }) => first)),
    moreMs: half(runs.map(({ first, warm }) => first - warm)),
  };
}

async function inNewProcess({ T, D, H, E, K }: Sizes): Promise<Times> {
  const program = join(import.meta.dirname, '../first-call.js');
  const words = [program, ...[T, D, H, E, K].map(String)];
  const { stdout, stderr } = await runProcess(process.execPath, words);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`the first call failed: ${stderr}`);
  }
}
