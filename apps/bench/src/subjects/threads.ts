/** What a second thread gains: the same mixture with `register({ threads: 2 })` and with one thread. */
import { register, threadsReady, unregister } from '@tfjs-moe/wasm';
import { describeSizes, feedForward, flopsOf, type Mode, type Sizes } from '../feed-forward.ts';
import { median, ratioOf, takeTurns } from '../pairs.ts';
import type { Row, Subject } from '../subject.ts';

const THREADS = 2;

const modes: readonly Mode[] = ['forward+backward', 'forward'];

const quickCases: readonly Sizes[] = [
  { T: 2048, D: 256, H: 1024, E: 8, K: 2 },
  { T: 1024, D: 64, H: 256, E: 8, K: 2 },
];

const moreCases: readonly Sizes[] = [
  { T: 4096, D: 256, H: 1024, E: 64, K: 2 },
  { T: 512, D: 256, H: 1024, E: 8, K: 1 },
  { T: 256, D: 64, H: 256, E: 8, K: 2 },
];

export const threads: Subject = {
  name: 'threads',
  about: `time of a mixture on ${THREADS} threads over that on one; speedup is its inverse`,
  async measure({ quick, effort, log }) {
    const rows: Row[] = [];
    for (const sizes of quick ? quickCases : [...quickCases, ...moreCases]) {
      for (const mode of modes) {
        log(`${describeSizes(sizes)}: ${mode}`);
        register({ threads: THREADS });
        const count = await threadsReady();
        if (count !== THREADS) throw new Error(`only ${count} of ${THREADS} threads came up`);
        const { contenders, dispose } = feedForward(sizes, mode, ['mixture']);
        const run = () => contenders[0]?.run();
        // Workers sleep while one thread is measured.
        const timings = await takeTurns(
          [
            { name: 'threads', prepare: () => void register({ threads: THREADS }), run },
            { name: 'oneThread', prepare: () => void register(), run },
          ],
          // No case is so slow that it should have fewer turns.
          { ...effort, slowMs: Number.POSITIVE_INFINITY },
        );
        dispose();
        const { median: ratio, spread } = ratioOf(timings, 'threads', 'oneThread');
        const ms = median(timings, 'threads');
        rows.push({
          case: describeSizes(sizes),
          mode,
          threads: THREADS,
          ratios: { oneThread: ratio },
          spread: { oneThread: spread },
          ms,
          gflops: flopsOf(sizes, mode) / ms / 1e6,
          speedup: 1 / ratio,
        });
      }
    }
    unregister();
    register();
    return rows;
  },
};
