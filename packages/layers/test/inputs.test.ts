/** Side inputs of gates: further inputs of the layer, in whatever model it stands. */
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf } from '@tensorflow/tfjs-layers';
import { type AnyParams, defineGate, type GateOps, type Named, type RoutingContext } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { hash, softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { importanceLoss, mixtureOfExperts, switchLoss } from '../src/index.ts';
import { onEveryBackend } from './backends.ts';
import { load, save } from './saved/saved-models.ts';

/** Sends a token to the expert that its number names, with softmax's weight times a factor of the caller's. */
const byNumber = defineGate('testByNumber', () => {
  const base = softmax();
  return {
    ...base,
    config: {},
    traits: {},
    inputs: { number: 'token', factor: 'expert' },
    expertsPerToken: () => 1,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const { number, factor } = context.inputs!;
      const { logits, scores, probabilities } = base.route(ops, x, p, context);
      const names = ops.expertNumbers(context.experts);
      const chosen = ops.mul(ops.greaterOrEqual(number!, names), ops.greaterOrEqual(names, number!));
      const weights = ops.mul(ops.mul(probabilities, factor!), chosen);
      return { logits, scores, probabilities, choices: [chosen], weights };
    },
  };
});

const make = (more: object = {}) =>
  mixtureOfExperts({
    experts: 3,
    gate: byNumber(),
    expert: linear(),
    units: 2,
    seed: 1,
    name: 'moe',
    ...more,
  });

function model() {
  const x = input({ shape: [4, 2] });
  const number = input({ shape: [4], dtype: 'int32' });
  const factor = input({ shape: [4, 3] });
  const y = make().apply([x, number, factor]) as ReturnType<typeof input>;
  return modelOf({ inputs: [x, number, factor], outputs: layers.flatten().apply(y) as typeof x });
}

const given = (batch: number) => [
  tf.tensor3d(drawnRows(batch * 4, 2, 1).flat(), [batch, 4, 2]),
  tf.tensor2d(
    Array.from({ length: batch * 4 }, (_, i) => i % 3),
    [batch, 4],
    'int32',
  ),
  tf.tensor3d(drawnRows(batch * 4, 3, 2).flat(), [batch, 4, 3]),
];

onEveryBackend(() => {
  test('decide where a token goes, in a model that is saved and trained', async () => {
    const made = model();
    const plan = (made.layers.find(({ name }) => name === 'moe') as ReturnType<typeof make>).route(given(2));
    expect(Array.from(tf.argMax(plan.selected_TE, 1).dataSync())).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    const loaded = await load(await save(made));
    const [before, after] = [made, loaded].map((each) => (each.predict(given(2)) as tf.Tensor).dataSync());
    expect(after).toEqual(before);
    made.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
    const fitted = await made.fit(given(6), tf.zeros([6, 8]), { epochs: 20, verbose: 0 });
    const losses = fitted.history.loss as number[];
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  });

  test('padding may hold what is no id, and an unknown id makes its own token NaN alone', async () => {
    const layer = mixtureOfExperts({
      experts: 3,
      gate: hash({ vocabulary: 5 }),
      expert: linear(),
      units: 1,
      balance: [importanceLoss({ weight: 1 }), switchLoss({ weight: 1, over: 'step' })],
      seed: 1,
    });
    const x = tf.tensor3d(drawnRows(6, 2, 1).flat(), [2, 3, 2]);
    layer.build([
      [null, null, 2],
      [null, null],
    ]);
    const mask = tf.tensor2d([1, 1, 0, 1, 0, 0], [2, 3]);
    const losses = [-1, 2].map((padding) =>
      tf.tidy(() => {
        const ids = tf.tensor2d([0, 4, padding, 1, padding, padding], [2, 3], 'int32');
        const y = layer.call([x, ids], { training: true, mask });
        return [...y.dataSync(), ...(layer.losses[0]!() as tf.Scalar).dataSync()];
      }),
    );
    expect(losses[0]).toEqual(losses[1]);
    expect(losses[0]!.every(Number.isFinite)).toBe(true);
    const unknown = layer.call([x, tf.tensor2d([0, 5, 1, 1, 2, 3], [2, 3], 'int32')], {}).dataSync();
    expect(Array.from(unknown, Number.isNaN)).toEqual([false, true, false, false, false, false]);
  });

  test('in a model in a model, shared between two places, and as numbers of any type', () => {
    const inner = model();
    const inputs = [
      input({ shape: [4, 2] }),
      input({ shape: [4], dtype: 'int32' }),
      input({ shape: [4, 3] }),
    ];
    const [x, number, factor] = inputs as [
      ReturnType<typeof input>,
      ReturnType<typeof input>,
      ReturnType<typeof input>,
    ];
    const places = [inner.apply([x, number, factor]), inner.apply([x, number, factor])] as ReturnType<
      typeof input
    >[];
    const outer = modelOf({ inputs, outputs: layers.add().apply(places) as typeof x });
    const [values, numbers, factors] = given(2) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const expected = (inner.predict([values, numbers, factors]) as tf.Tensor).dataSync();
    const twice = (outer.predict([values, numbers, factors]) as tf.Tensor).dataSync();
    twice.forEach((value, i) => {
      expect(value).toBeCloseTo(2 * expected[i]!, 5);
    });
    const moe = inner.layers.find(({ name }) => name === 'moe')!;
    for (const type of ['float32', 'bool'] as const) {
      const ids = tf.cast(tf.greater(numbers, 0), type);
      const y = moe.apply([values, ids, factors]) as tf.Tensor;
      expect(Array.from(y.dataSync()).every(Number.isFinite)).toBe(true);
    }
  });
});

test('what is missing, too much or of a wrong shape is refused by name', () => {
  const [x, number, factor] = given(2) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const wanted = '[tfjs-moe] moe: takes 3 inputs, [the tokens, number, factor]. Received: ';
  expect(() => make().apply(x)).toThrow(`${wanted}1.`);
  expect(() => make().apply([x, number])).toThrow(`${wanted}2.`);
  expect(() => make({ gate: softmax() }).apply([x, number])).toThrow('moe: takes one input. Received: 2.');
  expect(() => make().apply([x, factor, factor])).toThrow(
    'the input number must have 1 per token of [2,4]. Received: [2,4,3]',
  );
  expect(() => make().apply([x, number, number])).toThrow(
    'the input factor must have 3 per token of [2,4]. Received: [2,4]',
  );
  expect(make().apply([x, tf.expandDims(number, 2), factor])).toBeInstanceOf(tf.Tensor);
});
