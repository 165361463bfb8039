/** What the first call of a layer costs beyond a warm one, each time in a process of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeSizes, type Sizes } from '../feed-forward.ts';
import { quantile } from '../pairs.ts';
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
  measure: async ({ quick, log }) =>
    (quick ? quickCases : allCases).map((sizes) => {
      log(describeSizes(sizes));
      const runs = Array.from({ length: quick ? 5 : 11 }, () => inNewProcess(sizes));
      const ratios = runs.map(({ first, warm }) => first / warm);
      const row: Row = {
        case: describeSizes(sizes),
        mode: 'first call',
        ratios: { warm: quantile(ratios, 0.5) },
        spread: { warm: [quantile(ratios, 0.25), quantile(ratios, 0.75)] },
        ms: quantile(
          runs.map(({ first }) => first),
          0.5,
        ),
        moreMs: quantile(
          runs.map(({ first, warm }) => first - warm),
          0.5,
        ),
      };
      return row;
    }),
};

function inNewProcess({ T, D, H, E, K }: Sizes): { first: number; warm: number } {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../first-call.js'), ...[T, D, H, E, K].map(String)],
    { encoding: 'utf8' },
  );
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`the first call failed: ${stderr}`);
  }
}
