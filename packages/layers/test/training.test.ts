import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { model as functional, input, layers, sequential } from '@tensorflow/tfjs-layers';
import { stream } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { type MixtureOfExpertsArgs, mixtureOfExperts, switchLoss } from '../src/index.ts';
import { onEveryBackend } from './backends.ts';

/** Two clusters of inputs, each with a linear response of its own: what one linear map cannot fit and two can. */
function table(rows: number) {
  const draw = stream(7, 'table');
  const xs: number[][] = [];
  const ys: number[][] = [];
  for (let i = 0; i < rows; i++) {
    const side = i % 2 === 0 ? -1 : 1;
    const x = [2 * side + 0.5 * draw.normal(), draw.normal()] as const;
    xs.push([...x]);
    ys.push([side * x[1] + 0.05 * draw.normal()]);
  }
  return { xs: tf.tensor2d(xs), ys: tf.tensor2d(ys) };
}

function trained(args: Partial<MixtureOfExpertsArgs>) {
  const model = sequential({
    layers: [
      mixtureOfExperts({
        experts: 4,
        gate: topK({ k: 2 }),
        expert: linear(),
        units: 1,
        seed: 5,
        inputShape: [2],
        ...args,
      }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
  return model;
}

const fitted: [string, Partial<MixtureOfExpertsArgs>][] = [
  ['top-2 of 4', {}],
  ['top-1 of 2 with a balance loss', { experts: 2, gate: topK({ k: 1 }), balance: [switchLoss()] }],
  ['two-level hierarchical', { gate: hierarchical({ groups: 2, outer: softmax(), inner: topK({ k: 1 }) }) }],
  [
    'two-level softmax of feed-forward experts',
    {
      gate: hierarchical({ groups: 2, outer: softmax(), inner: softmax() }),
      expert: ffn({ hiddenUnits: 4, activation: 'tanh' }),
    },
  ],
];

onEveryBackend(() => {
  test.each(fitted)('%s fits a table that no linear map fits', async (_name, args) => {
    const { xs, ys } = table(200);
    const { history } = await trained(args).fit(xs, ys, {
      epochs: 40,
      batchSize: 50,
      shuffle: false,
      verbose: 0,
    });
    const losses = history.loss as number[];
    // The best linear map leaves a mean square of about 1.
    expect(losses[0]).toBeGreaterThan(0.3);
    expect(losses.at(-1)).toBeLessThan(0.2);
  });

  test('the same seed gives the same training, another seed another', async () => {
    const { xs, ys } = table(60);
    const run = async (seed: number) => {
      const model = trained({ seed, balance: [switchLoss()] });
      const { history } = await model.fit(xs, ys, { epochs: 3, batchSize: 20, shuffle: false, verbose: 0 });
      return history.loss;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  test('fitDataset trains', async () => {
    const { xs, ys } = table(60);
    const batches = data.zip({ xs: data.array(xs.arraySync()), ys: data.array(ys.arraySync()) }).batch(20);
    const { history } = await trained({}).fitDataset(batches, { epochs: 5, verbose: 0 });
    expect(history.loss?.at(-1)).toBeLessThan(history.loss?.[0] as number);
  });

  test('a balance loss reaches fit and stays out of evaluate', async () => {
    const { xs, ys } = table(40);
    const model = trained({ balance: [switchLoss({ weight: 10 })] });
    const plain = (model.evaluate(xs, ys, { batchSize: 40 }) as tf.Scalar).dataSync()[0]!;
    const total = (await model.trainOnBatch(xs, ys)) as number;
    // The loss is at least 1 whenever tokens go where probability is, and its weight is 10.
    expect(total - plain).toBeGreaterThan(8);
  });

  test('a custom loop with variableGrads trains gate and experts, balance loss included', () => {
    const { xs, ys } = table(40);
    const model = trained({ balance: [switchLoss({ weight: 0.1 })] });
    const optimizer = tf.train.sgd(0.05);
    const step = () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => {
          const error = tf.losses.meanSquaredError(
            ys,
            model.apply(xs, { training: true }) as tf.Tensor,
          ) as tf.Scalar;
          return tf.addN([error, ...model.calculateLosses()]) as tf.Scalar;
        });
        optimizer.applyGradients(grads);
        return { loss: value.dataSync()[0]!, names: Object.keys(grads) };
      });
    const first = step();
    expect(first.names.some((name) => name.includes('/gate/'))).toBe(true);
    expect(first.names.some((name) => name.includes('/expert/'))).toBe(true);
    const { numTensors } = tf.memory();
    let last = first;
    for (let i = 0; i < 20; i++) last = step();
    expect(last.loss).toBeLessThan(first.loss);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test.each(['trainableGate', 'trainableExperts'] as const)(
    '%s: false freezes that part alone',
    async (part) => {
      const { xs, ys } = table(40);
      const model = trained({ [part]: false });
      const before = model.weights.map((weight) => Array.from(weight.read().dataSync()));
      await model.fit(xs, ys, { epochs: 2, verbose: 0 });
      model.weights.forEach((weight, i) => {
        const frozen = weight.originalName.includes(part === 'trainableGate' ? '/gate/' : '/expert/');
        const moved = JSON.stringify(before[i]) !== JSON.stringify(Array.from(weight.read().dataSync()));
        expect([weight.originalName, moved]).toEqual([weight.originalName, !frozen]);
      });
    },
  );

  test('a part can be thawed again', () => {
    const model = trained({ trainableGate: false });
    const layer = model.layers[0] as ReturnType<typeof mixtureOfExperts>;
    const all = layer.weights.length;
    expect(layer.trainableWeights.length).toBeLessThan(all);
    layer.trainableGate = true;
    expect(layer.trainableWeights.length).toBe(all);
  });

  test('shared between two inputs, its balance loss counts both', async () => {
    const { xs, ys } = table(40);
    const shared = mixtureOfExperts({
      experts: 4,
      gate: topK({ k: 1 }),
      expert: linear(),
      units: 1,
      balance: [switchLoss({ weight: 10 })],
      seed: 5,
    });
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const sum = layers.add().apply([shared.apply(a), shared.apply(b)] as never) as never;
    const model = functional({ inputs: [a, b], outputs: sum });
    model.compile({ optimizer: tf.train.sgd(0), loss: 'meanSquaredError' });
    const flipped = tf.neg(xs);
    const plain = (model.evaluate([xs, flipped], ys, { batchSize: 40 }) as tf.Scalar).dataSync()[0]!;
    const total = (await model.trainOnBatch([xs, flipped], ys)) as number;
    const one = (x: tf.Tensor) => lossOf(shared, x);
    expect(total - plain).toBeCloseTo(one(xs) + one(flipped), 3);
  });

  test('sequences with an embedding mask: padding is routed nowhere', async () => {
    const moe = mixtureOfExperts({ experts: 3, gate: topK({ k: 1 }), expert: linear(), seed: 1 });
    const model = sequential({
      layers: [
        layers.embedding({ inputDim: 10, outputDim: 4, maskZero: true, inputLength: 5, trainable: false }),
        moe,
        layers.globalAveragePooling1d({}),
        layers.dense({ units: 1 }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const tokens = tf.tensor2d(
      [
        [1, 2, 3, 0, 0],
        [4, 0, 0, 0, 0],
      ],
      [2, 5],
      'int32',
    );
    await model.fit(tokens, tf.ones([2, 1]), { epochs: 1, verbose: 0 });
    expect(moe.routingMetrics?.tokens).toBe(4);
  });
});

function lossOf(layer: ReturnType<typeof mixtureOfExperts>, x: tf.Tensor): number {
  return tf.tidy(() => {
    layer.apply(x, { training: true });
    return layer.calculateLosses()[0]!.dataSync()[0]!;
  });
}
