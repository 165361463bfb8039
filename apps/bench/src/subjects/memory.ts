/** The most bytes that one step holds, beyond its parameters, for a mixture and for a dense network. */
import { type ContenderName, describeSizes, feedForward, type Mode, type Sizes } from '../feed-forward.ts';
import { peakBytes } from '../heap.ts';
import type { Row, Subject } from '../subject.ts';

const modes: readonly Mode[] = ['forward', 'forward+backward'];

const cases: readonly Sizes[] = [
  { T: 1024, D: 64, H: 256, E: 8, K: 1 },
  { T: 1024, D: 64, H: 256, E: 8, K: 2 },
  { T: 1024, D: 256, H: 1024, E: 8, K: 2 },
  { T: 1024, D: 64, H: 256, E: 64, K: 2 },
];

const MIB = 2 ** 20;

export const memory: Subject = {
  name: 'memory',
  about:
    "peak bytes of the backend's heap in a step, without the parameters and their gradients, over a dense network's",
  async measure({ log }) {
    const rows: Row[] = [];
    for (const sizes of cases) {
      for (const mode of modes) {
        log(`${describeSizes(sizes)}: ${mode}`);
        const own = peakOf(sizes, mode, 'mixture');
        const others = (['stock', 'ownKernel'] as const).map(
          (name) => [name, peakOf(sizes, mode, name)] as const,
        );
        rows.push({
          case: describeSizes(sizes),
          mode,
          ratios: Object.fromEntries(others.map(([name, bytes]) => [name, own / bytes])),
          spread: {},
          mebibytes: own / MIB,
          ...Object.fromEntries(others.map(([name, bytes]) => [`${name}Mebibytes`, bytes / MIB])),
        });
      }
    }
    return rows;
  },
};

function peakOf(sizes: Sizes, mode: Mode, name: ContenderName): number {
  const { contenders, dispose } = feedForward(sizes, mode, [name]);
  const { prepare, run } = contenders[0]!;
  prepare?.();
  // The first run may take what is kept for later ones.
  run();
  const peak = peakBytes(() => void run());
  dispose();
  // The gradients of the parameters are as many as the parameters, and all there at the end.
  const { D, H, E } = sizes;
  const copies = name === 'mixture' ? E : 1;
  return peak - (mode === 'forward' ? 0 : 4 * copies * (2 * D * H + D + H));
}
