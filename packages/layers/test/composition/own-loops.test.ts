import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  regularizers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { mixtureOfExperts, switchLoss } from '../../src/index.ts';
import { type Composition, compositions } from '../../src/testing/compositions.ts';
import { onEveryBackend } from '../backends.ts';

const warnings = vi.spyOn(console, 'warn').mockImplementation(() => {});
afterEach(() => warnings.mockClear());
/** What the library said; tfjs has things to say of its own. */
const said = () => warnings.mock.calls.flat().filter((text) => String(text).startsWith('[tfjs-moe]'));
const untaken = expect.stringContaining('a training pass had a balance loss that nobody took');

const rows = (seed: number, size = 8) => tf.tensor2d(drawnRows(size, 3, seed));
const targets = () => tf.ones([8, 1]);
const moe = (weight = 1) =>
  mixtureOfExperts({
    experts: 4,
    gate: topK({ k: 1 }),
    expert: linear(),
    units: 1,
    seed: 1,
    balance: [switchLoss({ weight })],
  });
const dense = (weight: number) =>
  layers.dense({
    units: 1,
    kernelInitializer: 'ones',
    ...(weight > 0 ? { kernelRegularizer: regularizers.l2({ l2: weight }) } : {}),
  });

/** A model that holds a mixture in a model, where stock layers keep their terms. */
const nested = (layer: layers.Layer = moe()): LayersModel => {
  const around = (body: { apply(x: SymbolicTensor): unknown }) => {
    const x = input({ shape: [3] });
    return functional({ inputs: x, outputs: body.apply(x) as SymbolicTensor });
  };
  return around(around(layer));
};

const numberOf = (loss: tf.Tensor) => loss.dataSync()[0]!;
const sumOf = (losses: tf.Scalar[]) => losses.reduce((sum, loss) => sum + numberOf(loss), 0);
const errorOf = (model: LayersModel, x: tf.Tensor | tf.Tensor[]) =>
  tf.losses.meanSquaredError(targets(), model.apply(x, { training: true }) as tf.Tensor2D) as tf.Scalar;

/** The balance loss of a mixture with the seed of `moe`, for a batch. */
const balanceOf = (x: tf.Tensor): number =>
  tf.tidy(() => {
    const layer = moe();
    layer.apply(x, { training: true });
    return sumOf(layer.calculateLosses());
  });

/** Places where tfjs itself loses the terms of every layer. */
const lostByTfjs: Composition[] = [
  {
    name: 'a model that is the first layer of a sequential model in a model',
    inputs: 1,
    build: (layer) => nested(sequential({ layers: [nested(layer) as never] }) as never),
  },
  {
    name: 'a model in timeDistributed',
    inputs: 1,
    build: (layer) =>
      sequential({
        layers: [
          layers.reshape({ targetShape: [1, 3], inputShape: [3] }),
          layers.timeDistributed({ layer: nested(layer) as never }),
          layers.flatten(),
        ],
      }),
  },
];

describe('wherever the regulariser of a stock layer reaches the loss, so does a balance loss', () => {
  const loops = {
    async fit(model: LayersModel, xs: tf.Tensor[]): Promise<number> {
      model.compile({ optimizer: tf.train.sgd(0), loss: 'meanSquaredError' });
      const { history } = await model.fit(xs, targets(), {
        epochs: 1,
        batchSize: 8,
        shuffle: false,
        verbose: 0,
      });
      return history.loss?.[0] as number;
    },
    async loop(model: LayersModel, xs: tf.Tensor[]): Promise<number> {
      const loss = () => tf.addN([errorOf(model, xs), ...model.calculateLosses()]) as tf.Scalar;
      return numberOf(tf.train.sgd(0).minimize(loss, true)!);
    },
  };

  test.each(compositions)('in $name', async ({ build, inputs }) => {
    await tf.setBackend('cpu');
    const xs = Array.from({ length: inputs }, (_, i) => rows(i + 1));
    for (const run of Object.values(loops)) {
      for (const make of [dense, moe]) {
        const at = async (weight: number) => run(build(make(weight) as never, 3), xs);
        const [none, one, ten] = [await at(0), await at(1), await at(10)];
        expect(one - none).toBeGreaterThan(0.5);
        expect((ten - none) / (one - none)).toBeCloseTo(10, 3);
      }
    }
    expect(said()).toEqual([]);
  });

  test.each(lostByTfjs)('in $name both are lost, and ours says so', async ({ build }) => {
    await tf.setBackend('cpu');
    const at = (layer: unknown) => loops.fit(build(layer as never, 3), [rows(1)]);
    expect(await at(dense(10))).toBe(await at(dense(0)));
    expect(said()).toEqual([]);
    expect(await at(moe(10))).toBeCloseTo(await at(moe(0)), 5);
    expect(said()).toEqual([untaken]);
  });
});

onEveryBackend(() => {
  test('batches that accumulate in one gradient count once each', () => {
    const model = nested();
    const batches = [rows(1), rows(2), rows(3)];
    const counted: number[] = [];
    tf.train.sgd(0).minimize(() => {
      const losses = batches.map((x) => {
        const error = errorOf(model, x);
        const balance = model.calculateLosses();
        counted.push(sumOf(balance));
        return tf.addN([error, ...balance]);
      });
      return tf.addN(losses) as tf.Scalar;
    });
    counted.forEach((value, i) => {
      expect(value).toBeCloseTo(balanceOf(batches[i]!), 5);
    });
  });

  test('batches called one after the other and asked about at the end count once each', () => {
    const model = nested();
    const batches = [rows(1), rows(2), rows(3)];
    let counted = 0;
    tf.train.sgd(0).minimize(() => {
      const errors = batches.map((x) => errorOf(model, x));
      const balance = model.calculateLosses();
      counted = sumOf(balance);
      return tf.addN([...errors, ...balance]) as tf.Scalar;
    });
    expect(counted).toBeCloseTo(
      batches.map(balanceOf).reduce((sum, value) => sum + value, 0),
      5,
    );
  });

  test('gradients that accumulate over several batches are those of their sum', () => {
    const kernelOf = (model: LayersModel) => model.trainableWeights[0]?.read() as tf.Variable;
    const slope = (model: LayersModel, batches: tf.Tensor[]) => {
      const loss = () =>
        tf.addN(
          batches.flatMap((x) => [tf.mul(errorOf(model, x), 0), ...model.calculateLosses()]),
        ) as tf.Scalar;
      return tf.variableGrads(loss, [kernelOf(model)]).grads[kernelOf(model).name]!;
    };
    const [a, b, both] = [nested(), nested(), nested()];
    const apart = tf.add(slope(a, [rows(1)]), slope(b, [rows(2)])).dataSync();
    const together = slope(both, [rows(1), rows(2)]).dataSync();
    expect(Math.max(...apart.map(Math.abs))).toBeGreaterThan(1e-3);
    apart.forEach((value, i) => {
      expect(together[i]).toBeCloseTo(value, 6);
    });
  });

  test('two models that share a layer count each call once', () => {
    const shared = moe();
    const [first, second] = [nested(shared), nested(shared)];
    let counted: number[] = [];
    tf.train.sgd(0).minimize(() => {
      const errors = [errorOf(first, rows(1)), errorOf(second, rows(2))];
      const balance = [first, second].map((model) => model.calculateLosses());
      counted = balance.map(sumOf);
      return tf.addN([...errors, ...balance.flat()]) as tf.Scalar;
    });
    expect(counted[0]).toBeCloseTo(balanceOf(rows(1)) + balanceOf(rows(2)), 5);
    expect(counted[1]).toBe(0);
  });

  test('asked twice in one step, the same answer, as from a stock regulariser', () => {
    for (const layer of [dense(1), moe()]) {
      const model = nested(layer);
      let counted: number[] = [];
      tf.train.sgd(0).minimize(() => {
        const error = errorOf(model, rows(1));
        counted = [sumOf(model.calculateLosses()), sumOf(model.calculateLosses())];
        return tf.addN([error, ...model.calculateLosses()]) as tf.Scalar;
      });
      expect(counted[0]).toBeGreaterThan(0.5);
      expect(counted[1]).toBe(counted[0]);
    }
  });

  test('fit, fitDataset, evaluate, predict and loops in turn: no warning, and nothing stays in memory', async () => {
    const model = nested();
    const optimizer = tf.train.sgd(0.01);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const [xs, ys] = [rows(1), targets()];
    const batches = data.generator(function* () {
      yield { xs: tf.clone(xs), ys: tf.clone(ys) };
    });
    const round = async () => {
      await model.fit(xs, ys, { epochs: 2, batchSize: 4, validationData: [xs, ys], verbose: 0 });
      await model.fitDataset(batches as never, { epochs: 1, verbose: 0 });
      tf.dispose(model.evaluate(xs, ys));
      await model.trainOnBatch(xs, ys);
      tf.dispose(model.predict(xs));
      tf.tidy(() => {
        optimizer.minimize(() => tf.addN([errorOf(model, xs), ...model.calculateLosses()]) as tf.Scalar);
      });
      tf.dispose(model.apply(xs) as tf.Tensor);
      // Dropout at prediction time, for example: nothing is trained, so nobody needs the loss.
      tf.dispose(model.apply(xs, { training: true }) as tf.Tensor);
      tf.dispose(tf.tidy(() => tf.mul(model.apply(xs, { training: true }) as tf.Tensor, 2)));
    };
    await round();
    const { numTensors } = tf.memory();
    await round();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(said()).toEqual([]);
  });

  test('a loop that forgets to ask is told, and leaves nothing in memory', async () => {
    const model = nested();
    const optimizer = tf.train.sgd(0.01);
    const step = () => tf.tidy(() => void optimizer.minimize(() => errorOf(model, rows(1))));
    step();
    const { numTensors } = tf.memory();
    step();
    step();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(said()).toEqual([untaken]);
  });

  test('a loop that calls the model in evaluation mode is told', () => {
    const model = nested();
    tf.train.sgd(0.01).minimize(() => {
      const error = tf.losses.meanSquaredError(targets(), model.apply(rows(1)) as tf.Tensor2D) as tf.Scalar;
      return tf.addN([error, ...model.calculateLosses()]) as tf.Scalar;
    });
    expect(said()).toEqual([expect.stringContaining('called in evaluation mode')]);
  });

  test('a step that an error cuts off leaves nothing of the layer, and the next is as if it had not been', () => {
    const model = nested();
    const optimizer = tf.train.sgd(0);
    const step = (fail: boolean) => {
      let counted = 0;
      optimizer.minimize(() => {
        const error = errorOf(model, rows(1));
        if (fail) throw new Error('cut off');
        const balance = model.calculateLosses();
        counted = sumOf(balance);
        return tf.addN([error, ...balance]) as tf.Scalar;
      });
      return counted;
    };
    const first = tf.tidy(() => step(false));
    const { numTensors } = tf.memory();
    expect(() => tf.tidy(() => step(true))).toThrow('cut off');
    // What tfjs had saved for the gradient it forgets; a stock layer leaves the same behind.
    const forgotten = tf.engine().state.activeTape.flatMap(({ saved }) => saved);
    expect(tf.tidy(() => step(false))).toBe(first);
    tf.dispose(forgotten);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(said()).toEqual([]);
  });

  test('a model that is disposed of within a step leaves nothing', () => {
    const { numTensors } = tf.memory();
    tf.tidy(() => {
      const model = nested();
      tf.train.sgd(0).minimize(() => {
        const error = errorOf(model, rows(1));
        const loss = tf.addN([error, ...model.calculateLosses()]) as tf.Scalar;
        return loss;
      });
      errorOf(model, rows(1));
      model.dispose();
    });
    // The learning rate of the optimizer.
    expect(tf.memory().numTensors).toBe(numTensors + 1);
  });

  test('outside of any step nothing is kept, and there is nothing to ask for', () => {
    const [model, layer] = [nested(), moe()];
    const x = rows(1);
    for (const each of [model, layer]) {
      tf.dispose(each.apply(x) as tf.Tensor);
      const { numTensors } = tf.memory();
      tf.dispose(each.apply(x, { training: true }) as tf.Tensor);
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(sumOf(each.calculateLosses())).toBe(0);
    }
  });

  test('layer by layer, and through the terms of each layer', () => {
    const model = sequential({ layers: [layers.inputLayer({ inputShape: [3] }), moe()] });
    tf.train.sgd(0).minimize(() => {
      const forward = () =>
        model.layers
          .slice(1)
          .reduce((h, layer) => layer.apply(h, { training: true }) as tf.Tensor, rows(1) as tf.Tensor);
      const error = tf.mean(tf.square(forward())) as tf.Scalar;
      const terms = model.layers.flatMap((layer) => layer.losses.map((loss) => loss()));
      expect(sumOf(terms)).toBeCloseTo(balanceOf(rows(1)), 5);
      return tf.addN([error, ...terms]) as tf.Scalar;
    });
  });
});
