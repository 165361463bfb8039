/** The products themselves, as a fraction of what 128-bit multiplications and additions can do on this machine. */
import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL, GROUPED_MAT_MUL_KERNEL_GRADIENT } from '@tfjs-moe/core/kernels';
import { type Contender, median, takeTurns } from '../pairs.ts';
import { peakMeter } from '../peak.ts';
import type { Row, Subject } from '../subject.ts';

interface Product {
  readonly rows: number;
  readonly depth: number;
  readonly units: number;
  readonly experts: number;
}

const quickCases: readonly Product[] = [
  { rows: 2048, depth: 256, units: 1024, experts: 1 },
  { rows: 2048, depth: 64, units: 256, experts: 8 },
];

const allCases: readonly Product[] = [
  [2048, 256, 1024],
  [2048, 1024, 256],
  [2048, 64, 256],
  [512, 64, 256],
].flatMap(([rows, depth, units]) =>
  [1, 8, 64].map((experts) => ({ rows, depth, units, experts }) as Product),
);

export const gemm: Subject = {
  name: 'gemm',
  about:
    "time of the grouped products over that of the same arithmetic at the machine's 128-bit peak; fraction is its inverse",
  async measure({ quick, effort, log }) {
    const meter = await peakMeter();
    const rows: Row[] = [];
    for (const product of quick ? quickCases : allCases) {
      const { rows: S, depth, units, experts } = product;
      const flops = 2 * S * depth * units;
      for (const { name, run, dispose } of productsOf(product)) {
        const label = `${S} x ${depth} x ${units}, E ${experts}`;
        log(`${label}: ${name}`);
        const peaks: number[] = [];
        const meterTurn: Contender = { name: 'peak', run: () => void peaks.push(meter()) };
        const timings = await takeTurns([{ name, run }, meterTurn], effort);
        dispose();
        // Best against best: a peak is what is reached once, not half of the time.
        const peak = Math.max(...peaks);
        const gflops = flops / Math.min(...(timings.get(name) as number[])) / 1e6;
        rows.push({
          case: label,
          mode: name,
          ratios: { peak: peak / gflops },
          spread: {},
          ms: median(timings, name),
          gflops,
          peakGflops: peak,
          fraction: gflops / peak,
        });
      }
    }
    return rows;
  },
};

function productsOf({ rows, depth, units, experts }: Product) {
  const x = tf.randomNormal([rows, depth]);
  const dy = tf.randomNormal([rows, units]);
  const kernels = tf.randomNormal([experts, depth, units]);
  const offsets = Array.from({ length: experts + 1 }, (_, e) => Math.round((e * rows) / experts));
  const kernel = (name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap) => () =>
    tf.dispose(tf.engine().runKernel(name, inputs, { offsets, ...attributes }) as tf.Tensor);
  const all = [
    { name: 'forward', run: kernel(GROUPED_MAT_MUL, { x, kernels }, { transpose: false }) },
    { name: 'gradient to rows', run: kernel(GROUPED_MAT_MUL, { x: dy, kernels }, { transpose: true }) },
    { name: 'gradient to kernels', run: kernel(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x, dy }, {}) },
  ];
  return all.map((each, i) => ({
    ...each,
    dispose: () => {
      if (i === all.length - 1) tf.dispose([x, dy, kernels]);
    },
  }));
}
