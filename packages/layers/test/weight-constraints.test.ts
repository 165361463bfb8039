import * as tf from '@tensorflow/tfjs-core';
import { constraints, input, layers, loadLayersModel, model, sequential } from '@tensorflow/tfjs-layers';
import { ffn, lora } from '@tfjs-moe/experts';
import { lossFree, topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import {
  type MixtureOfExperts,
  mixtureOfExperts,
  multiGateMixtureOfExperts,
  sharedExperts,
  type WeightConstraint,
  weightConstraints,
  weightRegularizers,
} from '../src/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { onEveryBackend } from './backends.ts';

/** A constraint of one's own, which has no axis: the weights of one expert sum to 1. */
class SumToOne extends tf.serialization.Serializable {
  static className = 'SumToOne';
  apply(weight: tf.Tensor): tf.Tensor {
    return tf.add(weight, tf.div(tf.sub(1, tf.sum(weight)), weight.size));
  }
  getConfig() {
    return {};
  }
}
tf.serialization.registerClass(SumToOne);

const kinds: Record<string, WeightConstraint> = {
  maxNorm: constraints.maxNorm({ maxValue: 0.3, axis: 0 }),
  'maxNorm over outputs': constraints.maxNorm({ maxValue: 0.3, axis: -1 }),
  unitNorm: constraints.unitNorm({ axis: 0 }),
  nonNeg: constraints.nonNeg(),
  minMaxNorm: constraints.minMaxNorm({ minValue: 0.2, maxValue: 0.4, rate: 0.5, axis: 0 }),
  sumToOne: new SumToOne() as unknown as WeightConstraint,
};

function layer(given: object | null, more: object = {}): MixtureOfExperts {
  return mixtureOfExperts({
    experts: 3,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 4, biasInitializer: 'randomNormal' }),
    shared: sharedExperts({ expert: ffn({ hiddenUnits: 2, biasInitializer: 'randomNormal' }) }),
    units: 2,
    seed: 1,
    inputShape: [5],
    constraints: given,
    ...more,
  });
}

const everywhere = (constraint: WeightConstraint | string) =>
  weightConstraints({
    expertKernel: constraint,
    expertBias: constraint,
    gateKernel: constraint,
    gateBias: constraint,
  });

function batch() {
  return [tf.randomNormal([8, 5], 0, 1, 'float32', 3), tf.randomNormal([8, 2], 0, 1, 'float32', 4)] as const;
}

function compiled(moe: MixtureOfExperts) {
  const made = sequential({ layers: [moe] });
  made.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  return made;
}

/** A weight [copies, ...] with the constraint applied to each copy alone, as to the weight of a layer. */
function byCopy(constraint: WeightConstraint, weight: tf.Tensor): tf.Tensor {
  return tf.stack(tf.unstack(weight).map((each) => constraint.apply(each)));
}

function expectClose(given: tf.Tensor, expected: tf.Tensor, far = 1e-6) {
  expect(tf.max(tf.abs(tf.sub(given, expected))).dataSync()[0]).toBeLessThan(far);
}

onEveryBackend(() => {
  test.each(Object.keys(kinds))('%s: a step of fit, projected expert by expert', async (kind) => {
    const constraint = kinds[kind]!;
    const [x, y] = batch();
    const [free, bound] = [layer(null), layer(everywhere(constraint))].map(compiled);
    await free!.trainOnBatch(x, y);
    await bound!.trainOnBatch(x, y);
    const [stepped, projected] = [free!.getWeights(), bound!.getWeights()];
    expect(projected.length).toBe(10);
    projected.forEach((weight, i) => {
      expectClose(weight, byCopy(constraint, stepped[i]!));
    });
    const before = tf.memory().numTensors;
    tf.dispose(await bound!.trainOnBatch(x, y));
    tf.dispose(bound!.predict(x));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a loop of one’s own is projected, too, and the next step starts from there', () => {
    const [x, y] = batch();
    const optimizer = tf.train.sgd(0.1);
    const loss = (moe: MixtureOfExperts) => () =>
      tf.mean(tf.squaredDifference(moe.apply(x, { training: true }) as tf.Tensor, y)) as tf.Scalar;
    const moe = layer(everywhere('unitNorm'));
    const twin = layer(null);
    for (const each of [moe, twin]) each.build([null, 5]);
    const unit = constraints.unitNorm({ axis: 0 });
    for (let step = 0; step < 3; step++) {
      optimizer.minimize(loss(moe));
      optimizer.minimize(loss(twin));
      twin.setWeights(twin.getWeights().map((weight) => byCopy(unit, weight)));
    }
    moe.getWeights().forEach((weight, i) => {
      expectClose(weight, twin.getWeights()[i]!);
    });
  });

  test('a resumed run equals the uninterrupted one, though a projection is not the same twice', async () => {
    const [x, y] = batch();
    const whole = compiled(layer(everywhere(kinds.minMaxNorm!)));
    await whole.trainOnBatch(x, y);
    const loaded = await loadLayersModel(await keptModel(whole));
    loaded.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    for (const each of [whole, loaded]) await each.trainOnBatch(x, y);
    loaded.getWeights().forEach((weight, i) => {
      expect(Array.from(weight.dataSync())).toEqual(Array.from(whole.getWeights()[i]!.dataSync()));
    });
  });
});

test('a projection is no step: the state of a gate moves as it does without', async () => {
  await tf.setBackend('cpu');
  const [x, y] = batch();
  const gate = lossFree({ gate: topK({ k: 1, selectionBias: true }), speed: 0.25 });
  const biases = await Promise.all(
    [null, weightConstraints({ expertBias: 'maxNorm' })].map(async (given) => {
      const made = compiled(layer(given, { gate }));
      for (let step = 0; step < 3; step++) {
        await made.trainOnBatch(x, y);
        tf.dispose(made.predict(x));
      }
      const bias = made.weights.find(({ originalName }) => originalName.endsWith('selection_bias'));
      return Array.from(bias!.read().dataSync());
    }),
  );
  expect(biases[1]).toEqual(biases[0]);
  expect(biases[0]!.some((each) => each !== 0)).toBe(true);
});

test('what is drawn, loaded or written by hand stands until the next step', () => {
  const moe = layer(everywhere('nonNeg'));
  moe.build([null, 5]);
  const negative = moe.getWeights().map((weight) => tf.neg(tf.onesLike(weight)));
  moe.setWeights(negative);
  expect(moe.getWeights().every((weight) => Math.max(...weight.dataSync()) === -1)).toBe(true);
});

test('a layer that stands twice in a model, and one that is frozen', async () => {
  const moe = layer(weightConstraints({ expertKernel: 'unitNorm' }), { units: 5 });
  const x = input({ shape: [5] });
  const y = moe.apply(moe.apply(x)) as ReturnType<typeof input>;
  const twice = model({
    inputs: x,
    outputs: layers.dense({ units: 2 }).apply(y) as ReturnType<typeof input>,
  });
  moe.trainableExperts = false;
  const kernel = () => {
    const found = moe.weights.find(({ originalName }) => originalName.endsWith('layer_1/kernel'));
    return found!.read();
  };
  const drawn = Array.from(kernel().dataSync());
  twice.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await twice.trainOnBatch(...batch());
  expect(Array.from(kernel().dataSync())).toEqual(drawn);
  moe.trainableExperts = true;
  twice.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await twice.trainOnBatch(...batch());
  expectClose(tf.sum(tf.square(kernel()), 1), tf.ones([3, 4]), 1e-5);
});

test('what never learns is left as it is', async () => {
  const moe = layer(everywhere('nonNeg'), { expert: lora({ expert: 'linear', rank: 1 }), shared: null });
  const made = compiled(moe);
  await made.trainOnBatch(...batch());
  const least = (end: string) => {
    const found = moe.weights.find(({ originalName }) => originalName.endsWith(end));
    return Math.min(...found!.read().dataSync());
  };
  expect(least('expert/kernel')).toBeLessThan(0);
  expect(least('expert/kernel_a')).toBe(0);
});

test('are saved with the layer, beside regularisers', async () => {
  const some = weightConstraints({ expertKernel: kinds.maxNorm!, gateBias: 'non_neg', gateKernel: null });
  expect(some.config).toEqual({
    expertKernel: { className: 'MaxNorm', config: { maxValue: 0.3, axis: 0 } },
    expertBias: null,
    gateKernel: null,
    gateBias: { className: 'NonNeg', config: {} },
  });
  const regularizers = weightRegularizers({});
  const made = sequential({ layers: [layer(some, { regularizers })] });
  const loaded = await loadLayersModel(await keptModel(made));
  expect(loaded.layers[0]!.getConfig().constraints).toEqual(some.config);
});

test('refuses what is no constraint, and layers of several tasks', () => {
  expect(() => weightConstraints({ expertKernel: 3 as never })).toThrow(
    '[tfjs-moe] weightConstraints: expertKernel must be a constraint of tfjs, or { className, config }',
  );
  expect(() => weightConstraints({ gateBias: 'nobody' })).toThrow(
    'gateBias: unknown class; import the module that registers it. Received: "nobody"',
  );
  expect(() => weightConstraints({ kernel: 'nonNeg' } as never)).toThrow('unknown option "kernel"');
  const tasks = { tasks: 2, experts: 2, gate: topK({ k: 1 }), expert: ffn({ hiddenUnits: 2 }) };
  const bound = { ...tasks, constraints: everywhere('nonNeg') };
  expect(() => multiGateMixtureOfExperts(bound)).toThrow(/unknown option "constraints"/);
});
