/** A number that is none stays with its token, whatever routes it and however it is computed. */
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { type Config, type Expert, type Gate, getExpert, getGate } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import {
  cosineRouter,
  euclideanRouter,
  hierarchical,
  mlpRouter,
  noisyTopK,
  sigmoid,
  softmax,
  switchGate,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { register, threadsReady, unregister } from '@tfjs-moe/wasm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  importanceLoss,
  loadLoss,
  type MixtureOfExperts,
  mixtureOfExperts,
  switchLoss,
  zLoss,
} from '../../src/index.ts';
import { float64Layer } from '../../src/testing/float64-layer.ts';
import { assertAlike } from '../../src/testing/layer-assertions.ts';
import { disposeWeights, writeWeights } from '../../src/testing/layer-under-test.ts';
import { onEveryBackend } from '../backends.ts';

const [inputDim, units] = [3, 2];
const routers = ['linear' as const, cosineRouter(), euclideanRouter(), mlpRouter({ hiddenUnits: [3] })];
const dense = fc.oneof(
  fc.constantFrom(...routers).map((router) => softmax({ router })),
  fc.boolean().map((normalize) => sigmoid({ normalize })),
  fc.boolean().map((renormalize) => temperature({ threshold: 0.1, renormalize })),
);
const sparse = fc.oneof(
  fc
    .record({
      k: fc.integer({ min: 1, max: 4 }),
      weighting: dense,
      renormalize: fc.constantFrom('beforeDrop' as const, 'never' as const, 'afterDrop' as const),
      selectionBias: fc.boolean(),
    })
    .map((options) => topK(options as never)),
  fc.integer({ min: 1, max: 3 }).map((k) => noisyTopK({ k })),
  fc.constant(switchGate()),
);
const gates: fc.Arbitrary<Gate> = fc.oneof(
  dense,
  sparse,
  fc
    .record({ outer: dense, inner: sparse })
    .map(({ outer, inner }) =>
      hierarchical({ groups: 2, outer, inner: inner.expertsPerToken(4) > 2 ? topK({ k: 2 }) : inner }),
    ),
);
const experts: fc.Arbitrary<Expert> = fc.constantFrom(
  linear(),
  constant(),
  polynomial(),
  ffn({ hiddenUnits: 3 }),
  ffn({ hiddenUnits: 2, activation: 'softplus' }),
  gatedFfn({ hiddenUnits: 2 }),
  normalizedFfn({ hiddenUnits: 2 }),
);
const dispatchers = fc.constantFrom(
  'auto' as const,
  'dense' as const,
  'grouped' as const,
  'capacity' as const,
);

interface Drawn {
  readonly gate: Config;
  readonly expert: Config;
  readonly dispatch: 'auto' | 'dense' | 'grouped' | 'capacity';
  readonly tokens: number;
  readonly bad: number;
  readonly value: number;
  readonly whole: boolean;
  readonly room: number;
  readonly seed: number;
}

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    gate: gates.map(({ config }) => config),
    expert: experts.map(({ config }) => config),
    dispatch: dispatchers,
    tokens: fc.integer({ min: 1, max: 6 }),
    bad: fc.nat(5),
    value: fc.constantFrom(Number.NaN, Infinity, -Infinity),
    whole: fc.boolean(),
    room: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(1000),
  })
  .map((all) => ({ ...all, bad: all.bad % all.tokens }));

/** Output, and gradients to the input, of a batch. */
function answers(layer: MixtureOfExperts, rows: number[][], mask?: number[]): number[][][] {
  return tf.tidy(() => {
    const call = (x: tf.Tensor) => layer.call(x, mask ? { mask: tf.tensor1d(mask) } : {}) as tf.Tensor2D;
    const x = tf.tensor2d(rows);
    return [
      call(x).arraySync(),
      tf
        .grad((each) => tf.sum(tf.square(call(each))))(x)
        .arraySync() as number[][],
    ];
  });
}

function isolates(runs: number): void {
  test('in output and gradient, whatever the gate, the experts, the dispatcher and K', () => {
    fc.assert(
      fc.property(drawn, ({ gate, expert, dispatch, tokens, bad, value, whole, room, seed }) => {
        // Of an infinity a gate may make finite weights, and then it takes room.
        const capacity = dispatch === 'capacity' ? (Number.isNaN(value) ? room : tokens) : undefined;
        const layer = mixtureOfExperts({
          experts: 4,
          gate,
          expert,
          units,
          dispatch,
          seed,
          ...(capacity !== undefined && { capacity }),
        });
        layer.build([null, inputDim]);
        const sizes = { experts: 4, inputDim, units };
        writeWeights(layer, float64Layer(getGate(gate), getExpert(expert), sizes).draw(seed));
        const rows = drawnRows(tokens, inputDim, seed).map((row) => row.map(Math.fround));
        const others = rows.map((_, t) => (t === bad ? 0 : 1));
        const broken = rows.map((row, t) =>
          t === bad ? row.map((own, i) => (whole || i === 0 ? value : own)) : row,
        );
        const [sound, ill] = [answers(layer, rows, others), answers(layer, broken)];
        sound.forEach((expected, part) => {
          expected.forEach((row, t) => {
            if (t !== bad)
              assertAlike(ill[part]![t]!, row, `${part === 0 ? 'output' : 'gradient'} ${t}`, 1e-5);
          });
        });
        disposeWeights(layer);
      }),
      { numRuns: runs, seed: 1 },
    );
  });
}

const rows = drawnRows(6, inputDim, 7);
const broken = rows.map((row, t) => (t === 2 ? row.map(() => Number.NaN) : row));
const batch = () => tf.tensor2d(broken);
const lossy = (gate: Gate, balance: never[], dispatch: 'dense' | 'grouped') =>
  mixtureOfExperts({ experts: 4, gate, expert: linear(), units, seed: 1, balance, dispatch });

/** What is told of a batch with a token of NaN: balance losses, and metrics. */
function told(dispatch: 'dense' | 'grouped'): Record<string, unknown> {
  const losses = { switchLoss: switchLoss(), importanceLoss: importanceLoss(), zLoss: zLoss() };
  const all: Record<string, unknown> = {};
  for (const gate of [softmax(), sigmoid(), topK({ k: 2 }), switchGate(), noisyTopK({ k: 1 })]) {
    const ofGate = gate.kind === 'noisyTopK' ? { ...losses, loadLoss: loadLoss() } : losses;
    for (const [name, loss] of Object.entries(ofGate)) {
      const layer = lossy(gate, [loss] as never[], dispatch);
      layer.build([null, inputDim]);
      tf.train.sgd(0).minimize(() => {
        const y = layer.apply(batch(), { training: true }) as tf.Tensor;
        const [value] = layer.calculateLosses();
        all[`${gate.kind}, ${name}`] = Number.isFinite(value!.dataSync()[0]);
        return tf.addN([tf.mean(y), value!]) as tf.Scalar;
      });
    }
    const layer = lossy(gate, [], dispatch);
    tf.dispose(layer.apply(batch()) as tf.Tensor);
    const { load, importance, entropy, ...counts } = layer.routingMetrics!;
    const finite = [...importance, entropy].map(Number.isFinite);
    all[`${gate.kind}, metrics`] = { load: load.map((each) => each.toFixed(6)), finite, ...counts };
  }
  return all;
}
let expected: Record<string, unknown>;
beforeAll(async () => {
  await tf.setBackend('cpu');
  expected = told('dense');
});

test('a batch with a token of NaN has no balance loss, and metrics that count it', () => {
  expect(Object.entries(expected).filter(([name, finite]) => !name.endsWith('metrics') && finite)).toEqual(
    [],
  );
  expect(expected['softmax, metrics']).toMatchObject({ tokens: 6 });
});

/** @param sameBits whether a batch is computed in one way, whatever is in it */
function tellsTheSame(sameBits: boolean): void {
  test.each(['dense', 'grouped'] as const)('balance losses and metrics are as on cpu, %s', (dispatch) => {
    expect(told(dispatch)).toEqual(expected);
  });

  test('predicting in smaller batches gives the same', () => {
    for (const dispatch of ['dense', 'grouped', 'auto'] as const) {
      const inputShape = [inputDim];
      const gate = topK({ k: 2, weighting: 'sigmoid' });
      const layer = mixtureOfExperts({
        experts: 4,
        gate,
        expert: 'linear',
        units,
        seed: 1,
        dispatch,
        inputShape,
      });
      const model = sequential({ layers: [layer] });
      const [all, ...parts] = [6, 1, 3].map((batchSize) =>
        Array.from((model.predict(batch(), { batchSize }) as tf.Tensor).dataSync()),
      );
      const wanted = all!.map((y) => (sameBits || Number.isNaN(y) ? y : expect.closeTo(y, 6)));
      for (const part of parts) expect(part).toEqual(wanted);
      expect(all!.map(Number.isNaN)).toEqual(
        broken.flatMap((row) => [row, row].map(([x]) => Number.isNaN(x))),
      );
    }
  });
}

function leavesPadding(): void {
  test.each(['dense', 'grouped', 'capacity'] as const)('padding is 0 under a gate of NaN, %s', (dispatch) => {
    const gate = topK({ k: 2, weighting: 'sigmoid' });
    const room = dispatch === 'capacity' ? { capacity: 2 } : {};
    const layer = mixtureOfExperts({ experts: 4, gate, expert: linear(), units, seed: 1, dispatch, ...room });
    layer.build([null, inputDim]);
    tf.tidy(() => {
      const kernel = layer.weights.find(({ originalName }) => originalName.endsWith('router/kernel'))!;
      kernel.write(tf.fill(kernel.shape as number[], Number.NaN));
      const mask = [1, 0, 1, 1, 0, 1];
      const y = layer.call(tf.tensor2d(rows), { mask: tf.tensor1d(mask) }) as tf.Tensor2D;
      expect(y.arraySync()).toEqual(mask.map((counts) => Array(units).fill(counts ? Number.NaN : 0)));
    });
    disposeWeights(layer);
  });

  test.each(['auto', 'dense', 'grouped', 'capacity'] as const)(
    'an expert of NaN touches nobody whom it does not see, %s',
    (dispatch) => {
      const room = dispatch === 'capacity' ? { capacity: rows.length } : {};
      for (const k of [1, 2, 4]) {
        const parts = { experts: 4, gate: topK({ k }), expert: ffn({ hiddenUnits: 3 }), units };
        const layer = mixtureOfExperts({ ...parts, seed: 1, dispatch, ...room });
        layer.build([null, inputDim]);
        const mask = [1, 0, 1, 1, 0, 1];
        const seen = tf.tidy(() => {
          const kernel = layer.weights.find(({ originalName }) => originalName.endsWith('layer_2/kernel'))!;
          const broken = kernel.read().arraySync() as number[][][];
          broken[1]![0]![0] = Number.NaN;
          kernel.write(tf.tensor(broken));
          const { selected_TE } = layer.route(tf.tensor2d(rows), tf.tensor1d(mask));
          return selected_TE.arraySync().map((sent) => sent[1] === 1);
        });
        for (const table of answers(layer, rows, mask))
          expect(table.map((row) => row.every(Number.isFinite))).toEqual(seen.map((own) => !own));
        disposeWeights(layer);
      }
    },
  );
}

onEveryBackend((backend) => {
  beforeAll(() => unregister());
  leavesPadding();
  isolates(backend === 'cpu' ? 60 : 25);
  if (backend !== 'cpu') tellsTheSame(true);
});

describe('wasm with kernels of its own', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    register();
  });
  afterAll(() => unregister());
  leavesPadding();
  isolates(40);
  // A batch in which a score is not finite is composed, others are one kernel, whose sums round otherwise.
  tellsTheSame(false);

  test('threads find the same: NaN in its token alone, integers as their floats', async () => {
    const [tokens, wide] = [256, 256];
    const make = () =>
      mixtureOfExperts({
        experts: 2,
        gate: topK({ k: 2 }),
        expert: ffn({ hiddenUnits: 512 }),
        units: 64,
        seed: 1,
        dispatch: 'grouped',
      });
    const integers = Int32Array.from({ length: tokens * wide }, (_, i) => ((i * 37) % 11) - 5);
    const results: Float32Array[][] = [];
    for (const threads of [1, 2]) {
      register({ threads });
      expect(await threadsReady()).toBe(threads);
      const layer = make();
      const [whole, float, ill] = tf.tidy(() => {
        const x = tf.tensor2d(integers, [tokens, wide], 'int32');
        const asFloat = tf.cast(x, 'float32');
        const mark = tf.tensor2d(
          Float32Array.from({ length: tokens }, (_, t) => (t === 9 ? Number.NaN : 1)),
          [tokens, 1],
        );
        return [x, asFloat, tf.mul(asFloat, mark)].map((each) => layer.apply(each) as tf.Tensor);
      });
      results.push([whole!, float!, ill!].map((each) => each.dataSync() as Float32Array));
      disposeWeights(layer);
    }
    const [one, two] = results as [Float32Array[], Float32Array[]];
    expect(two).toEqual(one);
    const [whole, float, ill] = two as [Float32Array, Float32Array, Float32Array];
    expect(whole).toEqual(float);
    ill.forEach((value, i) => {
      if (Math.floor(i / 64) === 9 ? !Number.isNaN(value) : value !== float[i])
        throw new Error(`number ${i} is ${value}`);
    });
    register({ threads: 1 });
  });
});
