/** How the time of a mixture grows: with the number of experts at the same active work, and with the number of tokens. */
import { describeSizes, feedForward, flopsOf, type Mode, type Sizes } from '../feed-forward.ts';
import { median, ratioOf, takeTurns } from '../pairs.ts';
import type { Row, Run, Subject } from '../subject.ts';

const modes: readonly Mode[] = ['forward', 'forward+backward'];

/** Each line of cases is compared with its first. */
function lines(quick: boolean): Sizes[][] {
  const experts = quick ? [8, 64] : [4, 8, 16, 32, 64, 128, 256];
  const tokens = quick ? [256, 4096] : [64, 256, 1024, 4096, 16_384];
  return [
    experts.map((E) => ({ T: 4096, D: 64, H: 256, E, K: 2 })),
    ...(quick ? [] : [experts.map((E) => ({ T: 4096, D: 256, H: 1024, E, K: 1 }))]),
    tokens.map((T) => ({ T, D: 64, H: 256, E: 8, K: 2 })),
  ];
}

export const scaling: Subject = {
  name: 'scaling',
  about:
    'time for the same arithmetic over that of the first case of the line, and over one expert of our own kernel',
  async measure(run) {
    const rows: Row[] = [];
    for (const line of lines(run.quick)) {
      for (const mode of modes) rows.push(...(await measureLine(line, mode, run)));
    }
    return rows;
  },
};

/** All cases of a line take turns, so that they are compared under the same load. */
async function measureLine(line: readonly Sizes[], mode: Mode, { effort, log }: Run): Promise<Row[]> {
  log(line.map(describeSizes).join(' | '));
  const made = line.map((sizes) => ({ sizes, ...feedForward(sizes, mode, ['mixture', 'ownKernel']) }));
  const named = made.flatMap(({ sizes, contenders }) =>
    contenders.map((contender) => ({ ...contender, name: nameOf(contender.name, sizes) })),
  );
  const timings = await takeTurns(named, effort);
  for (const { dispose } of made) dispose();
  const first = line[0]!;
  return line.map((sizes) => {
    const own = nameOf('mixture', sizes);
    const toFirst = ratioOf(timings, own, nameOf('mixture', first));
    const toOwn = ratioOf(timings, own, nameOf('ownKernel', sizes));
    const work = flopsOf(sizes, mode) / flopsOf(first, mode);
    const ms = median(timings, own);
    return {
      case: describeSizes(sizes),
      mode,
      ratios: { first: toFirst.median / work, ownKernel: toOwn.median },
      spread: {
        first: [toFirst.spread[0] / work, toFirst.spread[1] / work],
        ownKernel: toOwn.spread,
      },
      ms,
      gflops: flopsOf(sizes, mode) / ms / 1e6,
    };
  });
}

function nameOf(contender: string, { T, E }: Sizes): string {
  return `${contender} ${T} ${E}`;
}
