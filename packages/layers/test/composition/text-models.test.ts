import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayerVariable,
  layers,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { layerExperts, type MixtureOfExperts, mixtureOfExperts, switchLoss } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';

/** Three sentences of 6 words, padded with 0. */
const sentences = [
  [3, 1, 4, 1, 0, 0],
  [5, 9, 2, 6, 5, 3],
  [7, 0, 0, 0, 0, 0],
];
const words = 4 + 6 + 1;

type Place = (h: SymbolicTensor) => SymbolicTensor;
const apply = (layer: layers.Layer, ...h: SymbolicTensor[]) =>
  layer.apply(h.length === 1 ? h[0]! : h) as SymbolicTensor;
const mixture = () =>
  mixtureOfExperts({
    experts: 3,
    gate: topK({ k: 1 }),
    expert: linear(),
    seed: 1,
    balance: [switchLoss({ weight: 1 })],
  });
const inModel = (body: Place, shape: number[]): layers.Layer => {
  const x = input({ shape });
  return functional({ inputs: x, outputs: body(x) }) as unknown as layers.Layer;
};
const sequences = { returnSequences: true, recurrentInitializer: 'glorotNormal' } as const;
const last = { returnSequences: false, recurrentInitializer: 'glorotNormal' } as const;

/** What stands between the embedding [3, 6, 4] and the mixture, by whether its output has the mask of the words. */
const between: Record<'has the mask' | 'has none', Record<string, Place>> = {
  'has the mask': {
    nothing: (h) => h,
    dense: (h) => apply(layers.dense({ units: 3 }), h),
    dropout: (h) => apply(layers.dropout({ rate: 0.5 }), h),
    activation: (h) => apply(layers.activation({ activation: 'tanh' }), h),
    layerNormalization: (h) => apply(layers.layerNormalization(), h),
    batchNormalization: (h) => apply(layers.batchNormalization(), h),
    'timeDistributed dense': (h) => apply(layers.timeDistributed({ layer: layers.dense({ units: 3 }) }), h),
    'lstm of sequences': (h) => apply(layers.lstm({ units: 3, ...sequences }), h),
    'gru of sequences': (h) => apply(layers.gru({ units: 3, ...sequences }), h),
    'bidirectional of sequences': (h) =>
      apply(layers.bidirectional({ layer: layers.simpleRNN({ units: 2, ...sequences }) as never }), h),
    'another mixture': (h) => apply(mixture(), h),
    'add, which puts an axis before the mask': (h) =>
      apply(layers.add(), h, apply(layers.dense({ units: 4 }), h)),
    'two residual blocks': (h) => {
      const first = apply(layers.add(), h, apply(mixture(), h));
      return apply(layers.add(), first, apply(mixture(), first));
    },
    multiply: (h) => apply(layers.multiply(), h, h),
    average: (h) => apply(layers.average(), h, h),
    'concatenate of features': (h) => apply(layers.concatenate(), h, apply(layers.dense({ units: 2 }), h)),
  },
  'has none': {
    'lstm of the last word': (h) => apply(layers.lstm({ units: 3, ...last }), h),
    'gru of the last word': (h) => apply(layers.gru({ units: 3, ...last }), h),
    'bidirectional of the last word': (h) =>
      apply(layers.bidirectional({ layer: layers.simpleRNN({ units: 2, ...last }) as never }), h),
    globalAveragePooling1d: (h) => apply(layers.globalAveragePooling1d({}), h),
    globalMaxPooling1d: (h) => apply(layers.globalMaxPooling1d({}), h),
    flatten: (h) => apply(layers.flatten(), h),
    'flatten and dense': (h) => apply(layers.dense({ units: 3 }), apply(layers.flatten(), h)),
    conv1d: (h) => apply(layers.conv1d({ filters: 3, kernelSize: 3, trainable: false }), h),
    'conv1d of the same length': (h) =>
      apply(layers.conv1d({ filters: 3, kernelSize: 3, padding: 'same', trainable: false }), h),
    maxPooling1d: (h) => apply(layers.maxPooling1d({ poolSize: 2 }), h),
    reshape: (h) => apply(layers.reshape({ targetShape: [3, 8] }), h),
    'reshape to the same shape': (h) => apply(layers.reshape({ targetShape: [6, 4] }), h),
    permute: (h) => apply(layers.permute({ dims: [2, 1] }), h),
    repeatVector: (h) => apply(layers.repeatVector({ n: 2 }), apply(layers.lstm({ units: 3, ...last }), h)),
    'repeatVector of the same length': (h) =>
      apply(layers.repeatVector({ n: 6 }), apply(layers.lstm({ units: 3, ...last }), h)),
    'concatenate of pools': (h) =>
      apply(
        layers.concatenate(),
        apply(layers.globalAveragePooling1d({}), h),
        apply(layers.globalMaxPooling1d({}), h),
      ),
    dot: (h) => apply(layers.dot({ axes: [2, 2] }), h, h),
    'a model of its own': (h) =>
      apply(
        inModel((x) => apply(layers.dense({ units: 3 }), x), [6, 4]),
        h,
      ),
  },
};

/** What the mixture itself stands in. */
const inside: Record<string, (moe: MixtureOfExperts) => Place> = {
  'the model': (moe) => (h) => apply(moe, h),
  'a model in the model': (moe) => (h) =>
    apply(
      inModel((x) => apply(moe, x), h.shape.slice(1) as number[]),
      h,
    ),
  'a model in a model in the model': (moe) => (h) => {
    const shape = h.shape.slice(1) as number[];
    return apply(
      inModel(
        (x) =>
          apply(
            inModel((z) => apply(moe, z), shape),
            x,
          ),
        shape,
      ),
      h,
    );
  },
  'a model behind a dense layer': (moe) => (h) => {
    const [, ...shape] = h.shape as number[];
    const same = layers.dense({ units: shape.at(-1) as number, kernelInitializer: 'identity' });
    return apply(
      inModel((x) => apply(moe, apply(same, x)), shape),
      h,
    );
  },
  'a layer that calls it and hands on what it is given': (moe) => (h) => apply(new Holder(moe), h),
};

class Holder extends layers.Layer {
  static className = 'MaskHolder';
  readonly moe: MixtureOfExperts;
  constructor(moe: MixtureOfExperts) {
    super({});
    this.supportsMasking = true;
    this.moe = moe;
  }
  override get trainableWeights(): LayerVariable[] {
    return this.moe?.trainableWeights ?? [];
  }
  override set trainableWeights(_: LayerVariable[]) {}
  override calculateLosses(): tf.Scalar[] {
    return [...super.calculateLosses(), ...this.moe.calculateLosses()];
  }
  override call(inputs: tf.Tensor[], kwargs: object): tf.Tensor {
    return tf.tidy(() => this.moe.apply(inputs[0]!, kwargs) as tf.Tensor);
  }
}

onEveryBackend((backend) => {
  const text = () => tf.tensor2d(sentences, [3, 6], 'int32');

  /** Runs a text model and compares it with its parts, called one after the other, with the mask given by hand. */
  async function expectLikeItsParts(place: Place, wrap: (moe: MixtureOfExperts) => Place, masked: boolean) {
    const moe = mixture();
    const x = input({ shape: [6], dtype: 'int32' });
    const embedding = layers.embedding({ inputDim: 10, outputDim: 4, maskZero: true, trainable: false });
    const h = place(apply(embedding, x));
    const whole = functional({ inputs: x, outputs: wrap(moe)(h) });
    const before = functional({ inputs: x, outputs: h });
    const tokens = text();
    const actual = whole.predict(tokens) as tf.Tensor;
    const seen = moe.routingMetrics?.tokens;
    tf.tidy(() => {
      const given = before.predict(tokens) as tf.Tensor;
      const mask = masked ? { mask: tf.notEqual(tokens, 0) } : {};
      const expected = moe.apply(given, mask) as tf.Tensor;
      const numbers = expected.dataSync();
      actual.dataSync().forEach((value, i) => {
        expect(value).toBeCloseTo(numbers[i]!, 5);
      });
      expect(seen).toBe(masked ? words : given.size / given.shape.at(-1)!);
    });
    // The same in training, where the arguments of the layers hold something besides the mask.
    whole.compile({ optimizer: tf.train.sgd(0), loss: () => tf.scalar(0) });
    await whole.trainOnBatch(tokens, tf.zeros(actual.shape as [number]));
    expect(moe.trainingRoutingMetrics?.tokens).toBe(seen);
  }

  // Whose mask it is does not depend on the backend, and what a mask does is tested elsewhere.
  const few = ['nothing', 'two residual blocks', 'lstm of the last word', 'conv1d'];
  for (const [kind, places] of Object.entries(between)) {
    const tried = Object.entries(places).filter(([name]) => backend === 'cpu' || few.includes(name));
    test.each(tried)(`behind an embedding and %s, the mixture's input ${kind}`, async (_, place) => {
      await expectLikeItsParts(place, inside['the model'] as never, kind === 'has the mask');
    });
  }

  const deep = Object.entries(inside).filter(([name]) => name !== 'the model' && backend === 'cpu');
  test.each(deep)('so does a mixture in %s, as far as the mask tells by its shape', async (_name, wrap) => {
    const {
      nothing,
      dense,
      'lstm of sequences': lstm,
      'two residual blocks': residual,
    } = between['has the mask'];
    for (const place of [nothing, dense, lstm, residual]) await expectLikeItsParts(place!, wrap, true);
    const { 'lstm of the last word': ofLast, flatten, conv1d, repeatVector } = between['has none'];
    for (const place of [ofLast, flatten, conv1d, repeatVector])
      await expectLikeItsParts(place!, wrap, false);
  });

  /** The numbers of tokens that a layer inside `timeDistributed` sees at each step. */
  async function tokensOfSteps(place: Place, wrap: (moe: MixtureOfExperts) => layers.Layer) {
    const moe = mixture();
    const seen: number[] = [];
    const call = moe.call.bind(moe);
    moe.call = (...args) => {
      const y = call(...args);
      seen.push(moe.routingMetrics!.tokens!);
      return y;
    };
    const x = input({ shape: [6], dtype: 'int32' });
    const embedding = layers.embedding({ inputDim: 10, outputDim: 4, maskZero: true, trainable: false });
    const y = apply(layers.timeDistributed({ layer: wrap(moe) as never }), place(apply(embedding, x)));
    const whole = functional({ inputs: x, outputs: y });
    const output = whole.predict(text()) as tf.Tensor;
    return { seen, output: output.arraySync() as number[][][] };
  }

  test('timeDistributed hands over the mask of the whole sequence: each step is given its own', async () => {
    for (const wrap of [
      (moe: layers.Layer) => moe,
      (moe: layers.Layer) => inModel((x) => apply(moe, x), [4]),
    ]) {
      const { seen, output } = await tokensOfSteps((h) => h, wrap);
      expect(seen).toEqual([3, 2, 2, 2, 1, 1]);
      output.forEach((sentence, b) => {
        sentence.forEach((word, t) => {
          expect(word.every((value) => value === 0)).toBe(sentences[b]?.[t] === 0);
        });
      });
    }
  });

  test('timeDistributed over another number of steps is given no mask', async () => {
    const { seen } = await tokensOfSteps(between['has none'].repeatVector!, (moe) => moe);
    expect(seen).toEqual([3, 3]);
  });

  test('a mixture in the experts of a mixture counts what its expert was sent, and no padding', async () => {
    for (const dispatch of ['dense', 'grouped', 'capacity'] as const) {
      const inner = [mixture(), mixture()];
      const outer = mixtureOfExperts({
        experts: 2,
        gate: topK({ k: 1 }),
        expert: layerExperts((e) => inner[e]!),
        dispatch,
        seed: 1,
        ...(dispatch === 'capacity' ? { capacity: 18 } : {}),
      });
      outer.apply(tf.randomNormal([3, 6, 4], 0, 1, 'float32', 1), { mask: tf.notEqual(text(), 0) });
      const load = outer.routingMetrics?.load as number[];
      expect(inner.map((moe) => moe.routingMetrics?.tokens ?? 0)).toEqual(
        load.map((share) => Math.round(share * words)),
      );
    }
  });

  test('an input without a mask beside one with a mask is given none, although it would fit', async () => {
    const x = input({ shape: [6], dtype: 'int32' });
    const features = input({ shape: [6, 4] });
    const embedding = layers.embedding({ inputDim: 10, outputDim: 4, maskZero: true, trainable: false });
    const [moe, other] = [mixture(), mixture()];
    const masked = apply(moe, apply(layers.dense({ units: 4 }), apply(embedding, x)));
    const plain = apply(other, apply(layers.dense({ units: 4 }), features));
    const whole = functional({ inputs: [x, features], outputs: [masked, plain] });
    whole.predict([text(), tf.ones([3, 6, 4])]);
    expect([moe, other].map((layer) => layer.routingMetrics?.tokens)).toEqual([words, 18]);
    const swapped = functional({ inputs: [features, x], outputs: [plain, masked] });
    swapped.predict([tf.ones([3, 6, 4]), text()]);
    expect([moe, other].map((layer) => layer.routingMetrics?.tokens)).toEqual([words, 18]);
  });

  test('shared between an input with a mask and one without, each is treated as what it is, right behind them', () => {
    const x = input({ shape: [6], dtype: 'int32' });
    const embedding = (maskZero: boolean) =>
      apply(layers.embedding({ inputDim: 10, outputDim: 4, maskZero, trainable: false }), x);
    for (const order of [
      [true, false],
      [false, true],
    ] as const) {
      const moe = mixture();
      const outputs = order.map((maskZero) => apply(moe, embedding(maskZero)));
      const [first, second] = functional({ inputs: x, outputs }).predict(text()) as [
        tf.Tensor3D,
        tf.Tensor3D,
      ];
      const [masked, plain] = order[0] ? [first, second] : [second, first];
      const zeros = (y: tf.Tensor3D) =>
        y
          .arraySync()
          .flat()
          .filter((word) => word.every((value) => value === 0));
      expect([zeros(masked).length, zeros(plain).length]).toEqual([18 - words, 0]);
    }
  });

  test('a mask that a program gives to the layer itself has to fit', () => {
    const moe = mixture();
    const x = tf.ones([3, 6, 4]);
    moe.apply(x);
    for (const shape of [[3, 5], [6], [1, 3, 6], [3, 6, 4]]) {
      for (const give of [
        (mask: tf.Tensor) => moe.apply(x, { mask }),
        (mask: tf.Tensor) => moe.route(x, mask),
      ]) {
        expect(() => tf.tidy(() => give(tf.ones(shape)) as never)).toThrow(
          `: the mask must have the axes [3, 6] of the input. Received: [${shape}].`,
        );
      }
    }
  });

  test('nothing stays in memory, and the mask that is handed on has the axes of the input', () => {
    const moe = mixture();
    const x = input({ shape: [6], dtype: 'int32' });
    const embedding = layers.embedding({ inputDim: 10, outputDim: 4, maskZero: true, trainable: false });
    const h = apply(layers.add(), apply(embedding, x), apply(embedding, x));
    const whole = functional({
      inputs: x,
      outputs: apply(layers.lstm({ units: 2, ...last }), apply(moe, h)),
    });
    const tokens = text();
    tf.dispose(whole.predict(tokens));
    const { numTensors } = tf.memory();
    tf.dispose(whole.predict(tokens));
    tf.dispose(whole.predict(tokens));
    expect(tf.memory().numTensors).toBe(numTensors);
    const ones = tf.ones([3, 6, 4]);
    const handed = (shape: number[]) => moe.computeMask(ones, tf.ones(shape))?.shape;
    expect([handed([3, 6]), handed([1, 3, 6]), handed([3]), handed([2, 6]), handed([18])]).toEqual([
      [3, 6],
      [3, 6],
      [3],
      undefined,
      undefined,
    ]);
  });
});
