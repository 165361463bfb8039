/** Whether `dispatch: 'auto'` picks the right strategy: a whole layer, gate and metrics included, on several backends. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts } from '@tfjs-moe/layers';
import { register, unregister } from '@tfjs-moe/wasm';
import { describeSizes, type Mode, type Sizes } from '../feed-forward.ts';
import { type Contender, median, ratioOf, takeTurns } from '../pairs.ts';
import type { Row, Subject } from '../subject.ts';

const modes: readonly Mode[] = ['forward', 'forward+backward'];
const named = ['dense', 'grouped'] as const;

const places = [
  { name: 'cpu', backend: 'cpu', prepare: unregister },
  { name: 'wasm', backend: 'wasm', prepare: unregister },
  { name: 'wasm with kernels', backend: 'wasm', prepare: () => void register() },
];

const quickCases: readonly Sizes[] = [
  { T: 8, D: 8, H: 16, E: 4, K: 2 },
  { T: 256, D: 8, H: 16, E: 8, K: 2 },
  { T: 64, D: 64, H: 256, E: 16, K: 1 },
];

function allCases(): Sizes[] {
  const shapes = [
    { D: 2, H: 4 },
    { D: 8, H: 16 },
    { D: 32, H: 64 },
    { D: 64, H: 256 },
  ];
  const counts = [
    { E: 4, K: 2 },
    { E: 8, K: 1 },
    { E: 16, K: 2 },
  ];
  return shapes.flatMap((shape) =>
    counts.flatMap((count) => [8, 64, 512].map((T) => ({ ...shape, ...count, T }))),
  );
}

export const strategies: Subject = {
  name: 'strategies',
  about: "time of a layer with dispatch 'auto' over that with a strategy by name, on each backend",
  async measure({ quick, effort, log }) {
    const rows: Row[] = [];
    for (const { name, backend, prepare } of places) {
      await tf.setBackend(backend);
      prepare();
      for (const sizes of quick ? quickCases : allCases()) {
        for (const mode of modes) {
          log(`${name}, ${describeSizes(sizes)}: ${mode}`);
          const { contenders, dispose } = layers(sizes, mode);
          const timings = await takeTurns(contenders, { ...effort, rounds: Math.min(effort.rounds, 9) });
          dispose();
          const ratios = named.map((other) => [other, ratioOf(timings, 'auto', other)] as const);
          rows.push({
            case: `${name}: ${describeSizes(sizes)}`,
            mode,
            ratios: Object.fromEntries(ratios.map(([other, ratio]) => [other, ratio.median])),
            spread: Object.fromEntries(ratios.map(([other, ratio]) => [other, ratio.spread])),
            ms: median(timings, 'auto'),
          });
        }
      }
    }
    await tf.setBackend('wasm');
    register();
    return rows;
  },
};

function layers({ T, D, H, E, K }: Sizes, mode: Mode): { contenders: Contender[]; dispose(): void } {
  const x = tf.randomNormal([T, D], 0, 1, 'float32', 1);
  const made = (['auto', ...named] as const).map((dispatch) => {
    const layer = mixtureOfExperts({
      experts: E,
      gate: topK({ k: K }),
      expert: ffn({ hiddenUnits: H }),
      dispatch,
      seed: 1,
    });
    tf.dispose(layer.apply(x) as tf.Tensor);
    const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const output = () => layer.apply(x, { training: true }) as tf.Tensor;
    const objective = () => tf.sum(tf.square(output())) as tf.Scalar;
    const contender: Contender = {
      name: dispatch,
      run() {
        if (mode === 'forward') tf.dispose(tf.tidy(output));
        else tf.tidy(() => tf.dispose(tf.variableGrads(objective, variables).grads));
      },
    };
    return { contender, layer };
  });
  return {
    contenders: made.map(({ contender }) => contender),
    dispose() {
      for (const { layer } of made) layer.dispose();
      x.dispose();
    },
  };
}
