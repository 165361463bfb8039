/** The most bytes that one step holds, beyond its parameters, for a mixture and for a dense network. */
import * as tf from '@tensorflow/tfjs-core';
import { register } from '@tfjs-moe/wasm';
import { describeSizes, feedForward, type Mode, type Sizes } from '../feed-forward.ts';
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
    "peak bytes of a step beyond what was there before, without the gradients of the parameters, over a dense network's",
  async measure({ log }) {
    const rows: Row[] = [];
    for (const sizes of cases) {
      for (const mode of modes) {
        log(`${describeSizes(sizes)}: ${mode}`);
        register();
        const [mixture, dense] = [
          await peakOf(sizes, mode, 'mixture', sizes.E),
          await peakOf(sizes, mode, 'ownKernel', 1),
        ];
        rows.push({
          case: describeSizes(sizes),
          mode,
          ratios: { ownKernel: mixture / dense },
          spread: {},
          mebibytes: mixture / MIB,
          denseMebibytes: dense / MIB,
        });
      }
    }
    return rows;
  },
};

async function peakOf(
  sizes: Sizes,
  mode: Mode,
  name: 'mixture' | 'ownKernel',
  experts: number,
): Promise<number> {
  const { contenders, dispose } = feedForward(sizes, mode, [name]);
  const contender = contenders[0];
  await contender?.run();
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => {
    contender?.run();
    return tf.scalar(0);
  });
  dispose();
  // The gradients of the parameters are as many as the parameters.
  const { D, H } = sizes;
  const gradients = mode === 'forward' ? 0 : 4 * experts * (2 * D * H + D + H);
  return peakBytes - before - gradients;
}
