/** What routing by kernels promises: what the gate itself composes, in few programs. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { type Gate, shortWay } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { ffn, linear } from '@tfjs-moe/experts';
import { lossFree, noisyTopK, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { mixtureOfExperts, switchLoss } from '../src/index.ts';
import { falseForms, sound } from './false-form-gates.ts';

/** The kernels of a backend. */
export interface GpuKernels {
  register(): void;
  unregister(): void;
  readonly programs: Programs;
  /** What the device holds: how many pieces of memory, and their bytes. */
  held(): readonly number[];
}

/** The programs of a backend. */
export interface Programs {
  /** How many it has compiled. */
  compiled(): number;
  /** How many different ones it takes while a function runs, and how often it starts one. */
  during(run: () => unknown): Promise<{ readonly different: number; readonly starts: number }>;
  /** How many a layer's forward pass starts, with what converts between textures, where there is something to convert. */
  readonly forward: number;
  /** How many a first step takes at most, over those of a dense layer. */
  readonly ratio: number;
}

const served: readonly (readonly [name: string, gate: Gate])[] = [
  ['softmax over the selected', topK({ k: 2 })],
  ['softmax over all', topK({ k: 1, useBias: false })],
  ['sigmoids over their sum', topK({ k: 2, weighting: 'sigmoid', weightScale: 2.5 })],
  [
    'sigmoids with a selection bias',
    topK({ k: 2, weighting: 'sigmoid', renormalize: 'never', selectionBias: true }),
  ],
  ['softmax with a selection bias', topK({ k: 2, selectionBias: true })],
];

const composing: readonly (readonly [name: string, gate: Gate])[] = [
  ['state', lossFree()],
  ['noise', noisyTopK()],
  ['jitter', switchGate()],
  ['scores without the bias', topK({ biasInSelection: false })],
  ['a threshold', temperature({ threshold: 0.1 })],
];

/** Runs something with every gate composing its own routing. */
function composed<T>(run: () => T): T {
  const { route } = shortWay;
  shortWay.route = undefined;
  try {
    return run();
  } finally {
    shortWay.route = route;
  }
}

export function testShortRoute({ programs, register, unregister }: GpuKernels): void {
  test('routing by kernels is what the gate composes: outputs, gradients, losses, metrics and plan', {
    timeout: 180_000,
  }, async () => {
    const rows = drawnRows(9, 5, 3);
    const x = tf.tensor2d(rows);
    const mask = tf.tensor1d([1, 1, 1, 0, 1, 1, 1, 0, 1]);
    const target = tf.tensor2d(drawnRows(9, 3, 4));
    for (const [name, gate] of served) {
      const layer = mixtureOfExperts({
        experts: 5,
        gate,
        expert: linear(),
        units: 3,
        balance: [switchLoss({ weight: 0.5, scaling: 'top1' }), switchLoss({ weight: 0.5 })],
        seed: 3,
      });
      tf.dispose(layer.apply(x) as tf.Tensor);
      layer.setWeights(
        layer.getWeights().map((weight, i) => tf.randomNormal(weight.shape, 0, 1, 'float32', i)),
      );
      let calls = 0;
      const { route } = shortWay;
      shortWay.route = (...args) => {
        const answer = route!(...args);
        if (answer && args[3].training) calls++;
        return answer;
      };
      const seen = async () => {
        layer.trainingCalls = 0;
        const results = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(() => {
            const y = layer.apply(x, { training: true, mask } as never) as tf.Tensor;
            const losses = tf.addN(layer.calculateLosses());
            return tf.add(tf.sum(tf.mul(y, target)), losses) as tf.Scalar;
          });
          const { tokens: _, experts: _e, choices_TE, ...plan } = layer.route(x, mask);
          return [
            value,
            ...layer.trainableWeights.map((weight) => grads[(weight.read() as tf.Variable).name]!),
            ...[...Object.values(plan), ...choices_TE].filter((part) => part instanceof tf.Tensor),
            layer.apply(x) as tf.Tensor,
          ];
        });
        const numbers = await Promise.all(results.map((tensor) => tensor.data()));
        const metrics = await layer.routingSettled();
        tf.dispose(results);
        return [...numbers.map((values) => Array.from(values)), [...metrics!.load, metrics!.entropy]];
      };
      const short = await seen();
      shortWay.route = route;
      expect(calls, `${name} is served`).toBe(1);
      const own = await composed(seen);
      expect(short.length).toBe(own.length);
      short.forEach((values, i) => {
        values.forEach((value, j) => {
          expect(value, `${name}: number ${j} of ${i}`).toBeCloseTo(own[i]![j]!, 4);
        });
      });
      layer.dispose();
    }
    tf.dispose([x, mask, target]);
  });

  test('a gate that is not what it declares is composed', async () => {
    const { route } = shortWay;
    let answers = 0;
    shortWay.route = (...args) => {
      const answer = route!(...args);
      if (answer) answers++;
      return answer;
    };
    const x = tf.tensor2d(drawnRows(6, 3, 1));
    const output = async (gate: Gate) => {
      const layer = mixtureOfExperts({ experts: 4, gate, expert: linear(), units: 2, seed: 1 });
      return (layer.apply(x) as tf.Tensor).data();
    };
    const expected = await output(sound);
    expect(answers).toBe(1);
    for (const [what, gate] of falseForms) {
      const found = await output(gate);
      found.forEach((value, i) => {
        expect(value, what).toBeCloseTo(expected[i]!, 5);
      });
    }
    expect(answers).toBe(1);
    shortWay.route = route;
    x.dispose();
  });

  test('NaN and infinities of a token, or of the bias of an expert, end where they do in the gate', async () => {
    const rows = drawnRows(6, 4, 5);
    rows[1]![2] = Number.NaN;
    rows[3]![0] = Number.POSITIVE_INFINITY;
    rows[4]![1] = Number.NEGATIVE_INFINITY;
    const x = tf.tensor2d(rows);
    const kinds = async (gate: Gate, bias: number) => {
      const layer = mixtureOfExperts({ experts: 3, gate, expert: linear(), units: 2, seed: 1 });
      tf.dispose(layer.apply(x) as tf.Tensor);
      const set = (value: tf.Tensor, i: number) => (i === biasAt ? tf.fill(value.shape, bias) : value);
      const biasAt = layer.weights.findIndex(({ originalName }) => originalName === 'gate/selection_bias');
      layer.setWeights(layer.getWeights().map(set));
      const y = await (layer.apply(x) as tf.Tensor).data();
      return Array.from(y, (value) =>
        Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? 'number' : value,
      );
    };
    const own = shortWay.route;
    for (const [weighting, bias] of [
      ['softmax', 0],
      ['sigmoid', Number.NaN],
    ] as const) {
      const gate = topK({ k: 2, weighting, selectionBias: true });
      const short = await kinds(gate, bias);
      shortWay.route = undefined;
      const wanted = await kinds(gate, bias).finally(() => {
        shortWay.route = own;
      });
      expect(short, `${weighting} ${bias}`).toEqual(wanted);
    }
    x.dispose();
  });

  test(`a forward pass starts ${programs.forward} programs, and a step takes at most ${programs.ratio} times those of a dense layer`, {
    timeout: 180_000,
  }, async () => {
    const [x, y] = [tf.tensor2d(drawnRows(24, 5, 1)), tf.tensor2d(drawnRows(24, 2, 2))];
    const made = (experts: number) =>
      mixtureOfExperts({
        experts,
        gate: topK({ k: 2 }),
        expert: ffn({ hiddenUnits: 6 }),
        units: 2,
        recordRouting: false,
        inputShape: [5],
      });
    for (const experts of [4, 40]) {
      const layer = made(experts);
      const forward = () => tf.tidy(() => void layer.apply(x, { training: true }));
      forward();
      expect((await programs.during(forward)).starts, `${experts} experts`).toBe(programs.forward);
    }
    const ofFirstStep = async (first: layers.Layer, optimizer: tf.Optimizer) => {
      const model = sequential({ layers: [first] });
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const { different } = await programs.during(() => model.trainOnBatch(x, y));
      model.dispose();
      return different;
    };
    for (const optimizer of [() => tf.train.sgd(0.1), () => tf.train.adam(0.01)]) {
      const own = await ofFirstStep(made(4), optimizer());
      // A layer of tfjs, as tfjs trains it.
      unregister();
      const dense = layers.dense({ units: 2, activation: 'relu', inputShape: [5] });
      const stock = await ofFirstStep(dense, optimizer());
      register();
      expect(own / stock, `${own} over ${stock}`).toBeLessThanOrEqual(programs.ratio);
    }
    tf.dispose([x, y]);
  });
}

/** Which gates are not served; a question of the gates, so that one backend is enough. */
export function testComposingGates(): void {
  test('gates that train otherwise than they serve, or select by something else, compose', () => {
    const { route } = shortWay;
    let answers = 0;
    shortWay.route = (...args) => {
      const answer = route!(...args);
      if (answer) answers++;
      return answer;
    };
    for (const [name, gate] of composing) {
      const layer = mixtureOfExperts({ experts: 5, gate, expert: linear(), units: 3 });
      answers = 0;
      tf.tidy(() => void layer.apply(tf.ones([2, 5]), { training: true }));
      expect(answers, name).toBe(0);
      layer.dispose();
    }
    shortWay.route = route;
  });
}
