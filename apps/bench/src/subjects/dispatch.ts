/** What dispatch costs: a mixture of feed-forward experts against dense networks of the same active arithmetic. */
import { contenders, describeSizes, feedForward, flopsOf, type Mode, type Sizes } from '../feed-forward.ts';
import { median, ratioOf, takeTurns } from '../pairs.ts';
import type { Row, Subject } from '../subject.ts';

const modes: readonly Mode[] = ['forward', 'forward+backward'];

const quickCases: readonly Sizes[] = [
  { T: 1024, D: 256, H: 1024, E: 8, K: 1 },
  { T: 1024, D: 64, H: 256, E: 8, K: 2 },
  { T: 1024, D: 64, H: 256, E: 64, K: 2 },
  { T: 256, D: 64, H: 256, E: 64, K: 2 },
];

function allCases(): Sizes[] {
  const shapes = [
    { D: 64, H: 256 },
    { D: 256, H: 1024 },
  ];
  return shapes.flatMap((shape) =>
    [256, 1024, 4096].flatMap((T) => [8, 16, 64].flatMap((E) => [1, 2].map((K) => ({ ...shape, T, E, K })))),
  );
}

export const dispatch: Subject = {
  name: 'dispatch',
  about: 'time of a mixture with a given routing over that of a dense network of T K rows',
  async measure({ quick, effort, log }) {
    const rows: Row[] = [];
    for (const sizes of quick ? quickCases : allCases()) {
      for (const mode of modes) {
        log(`${describeSizes(sizes)}: ${mode}`);
        const { contenders: list, dispose } = feedForward(sizes, mode);
        const timings = await takeTurns(list, effort);
        dispose();
        const others = contenders.filter((name) => name !== 'mixture');
        const ratios = others.map((name) => [name, ratioOf(timings, 'mixture', name)] as const);
        const ms = median(timings, 'mixture');
        rows.push({
          case: describeSizes(sizes),
          mode,
          rowsPerExpert: (sizes.T * sizes.K) / sizes.E,
          ratios: Object.fromEntries(ratios.map(([name, ratio]) => [name, ratio.median])),
          spread: Object.fromEntries(ratios.map(([name, ratio]) => [name, ratio.spread])),
          ms,
          gflops: flopsOf(sizes, mode) / ms / 1e6,
        });
      }
    }
    return rows;
  },
};
