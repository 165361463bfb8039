/** Whole layers, routing included, as a program uses them: evaluation and steps of training. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts } from '@tfjs-moe/layers';
import { register, unregister } from '@tfjs-moe/wasm';
import { describeSizes, type Sizes } from '../feed-forward.ts';
import { type Contender, median, ratioOf, takeTurns, warmUp } from '../pairs.ts';
import type { Row, Subject } from '../subject.ts';

type Backend = 'wasm' | 'cpu';

const small = { D: 64, H: 256, K: 2 };
const large = { D: 256, H: 1024, E: 8, K: 2 };

const quickCases: readonly Sizes[] = [
  ...[1, 32, 1024].map((T) => ({ T, ...small, E: 64 })),
  ...[1, 32].map((T) => ({ T, ...large })),
];

const moreCases: readonly Sizes[] = [
  ...[1, 32, 256, 16_384].map((T) => ({ T, ...small, E: 8 })),
  ...[8, 256, 16_384].map((T) => ({ T, ...small, E: 64 })),
  ...[1, 256, 1024].map((T) => ({ T, ...small, E: 256 })),
  ...[8, 256, 1024].map((T) => ({ T, ...large })),
];

const WARM_MS = 300;
/** What takes seconds on the cpu backend is left out there. */
const MOST_ON_CPU = 20e6;

export const layer: Subject = {
  name: 'layer',
  about:
    'time of whole layers over that of a stock dense network on T K rows, without and with the metrics of the routing; inputs change',
  async measure({ quick, effort, log }) {
    const rows: Row[] = [];
    for (const backend of ['wasm', 'cpu'] as const) {
      await tf.setBackend(backend);
      for (const sizes of quick ? quickCases : [...quickCases, ...moreCases]) {
        const { T, D, H, K } = sizes;
        if (backend === 'cpu' && 4 * T * K * D * H > MOST_ON_CPU) continue;
        for (const mode of ['predict', 'trainOnBatch'] as const) {
          log(`${backend}, ${describeSizes(sizes)}: ${mode}`);
          const { contenders, dispose } = contendersFor(sizes, mode, backend);
          await warmUp(contenders, WARM_MS);
          const timings = await takeTurns(contenders, effort);
          dispose();
          const names = ['stock', 'withMetrics'] as const;
          const ratios = names.map((name) => ratioOf(timings, 'layer', name));
          rows.push({
            case: describeSizes(sizes),
            mode: `${mode}, ${backend}`,
            ratios: Object.fromEntries(names.map((name, i) => [name, ratios[i]!.median])),
            spread: Object.fromEntries(names.map((name, i) => [name, ratios[i]!.spread])),
            ms: median(timings, 'layer'),
          });
        }
      }
    }
    await tf.setBackend('wasm');
    register();
    return rows;
  },
};

function contendersFor(sizes: Sizes, mode: 'predict' | 'trainOnBatch', backend: Backend) {
  const { T, D, H, K } = sizes;
  const made = [
    { name: 'layer', model: mixture(sizes, false), rows: T },
    { name: 'withMetrics', model: mixture(sizes, true), rows: T },
    { name: 'stock', model: dense(D, H), rows: T * K },
  ].map(({ name, model, rows }) => {
    model.compile({ optimizer: tf.train.sgd(1e-3), loss: 'meanSquaredError' });
    const inputs = Array.from({ length: 5 }, (_, i) => tf.randomNormal([rows, D], 0, 1, 'float32', i));
    const target = tf.randomNormal([rows, D], 0, 1, 'float32', 9);
    let turn = 0;
    const contender: Contender = {
      name,
      prepare: () => void (name === 'stock' && backend === 'wasm' ? unregister() : register()),
      async run() {
        const x = inputs[turn++ % inputs.length]!;
        if (mode === 'trainOnBatch') {
          await model.trainOnBatch(x, target);
          return;
        }
        const y = model.predictOnBatch(x) as tf.Tensor;
        y.dataSync();
        y.dispose();
      },
    };
    return { contender, model, tensors: [...inputs, target] };
  });
  return {
    contenders: made.map(({ contender }) => contender),
    dispose() {
      for (const { model, tensors } of made) {
        model.dispose();
        tf.dispose(tensors);
      }
    },
  };
}

function mixture({ D, H, E, K }: Sizes, recordRouting: boolean): Sequential {
  const moe = mixtureOfExperts({
    ...{ experts: E, gate: topK({ k: K }), expert: ffn({ hiddenUnits: H }), units: D },
    ...{ seed: 1, recordRouting, inputShape: [D] },
  });
  return sequential({ layers: [moe] });
}

function dense(D: number, H: number): Sequential {
  return sequential({
    layers: [layers.dense({ units: H, activation: 'relu', inputShape: [D] }), layers.dense({ units: D })],
  });
}
