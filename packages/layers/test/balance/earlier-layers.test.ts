/** A loss that is one for all layers of a model: the loss of the tokens of all of them, wherever they stand. */
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  type layers,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { type MixtureOfExperts, mixtureOfExperts, switchLoss } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';

const [experts, k] = [4, 2];
const rows = (seed: number, size = 6) => tf.tensor2d(drawnRows(size, 3, seed));
const mixture = (seed: number, over: 'layers' | 'batch' = 'layers', weight = 1): MixtureOfExperts =>
  mixtureOfExperts({
    experts,
    gate: topK({ k }),
    expert: linear(),
    units: 3,
    seed,
    balance: [switchLoss({ over, scaling: 'sumOverK', weight })],
  });

type Place = (h: SymbolicTensor) => SymbolicTensor;
const on = (layer: layers.Layer) => (h: SymbolicTensor) => layer.apply(h) as SymbolicTensor;
const modelOf = (body: Place): LayersModel => {
  const x = input({ shape: [3] });
  return functional({ inputs: x, outputs: body(x) });
};
const inModel = (layer: layers.Layer): layers.Layer => modelOf(on(layer)) as unknown as layers.Layer;

/** The loss of the tokens that layers saw, as Hugging Face computes it: of one layer that saw them all. */
function concatenated(seen: readonly (readonly [MixtureOfExperts, tf.Tensor])[]): tf.Scalar {
  const plans = seen.map(([layer, x]) => layer.route(x));
  const load = tf.mean(
    tf.concat(
      plans.map((plan) => plan.selected_TE),
      0,
    ),
    0,
  );
  const probability = tf.mean(
    tf.concat(
      plans.map((plan) => plan.probabilities_TE),
      0,
    ),
    0,
  );
  return tf.mul(experts, tf.sum(tf.mul(load, probability))) as tf.Scalar;
}

/** Value and gradients, for the weights of the routers. */
function slopes(of: readonly MixtureOfExperts[], loss: () => tf.Scalar): number[] {
  const routers = of.flatMap((layer) =>
    layer.trainableWeights
      .filter(({ originalName }) => originalName.includes('/gate/'))
      .map((weight) => weight.read() as tf.Variable),
  );
  const { value, grads } = tf.variableGrads(loss, routers);
  return [value.dataSync()[0]!, ...routers.flatMap(({ name }) => [...grads[name]!.dataSync()])];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
  });
}

const terms = (model: LayersModel | layers.Layer) => tf.addN(model.calculateLosses()) as tf.Scalar;
const ask = (model: LayersModel, x: tf.Tensor) => {
  model.apply(x, { training: true });
  return terms(model);
};

onEveryBackend((backend) => {
  test.each<[string, (layer: layers.Layer) => Place]>([
    ['of one model', on],
    ['of models in the model', (layer) => on(inModel(layer))],
  ])('the terms of the layers %s sum to the loss of all their tokens, with its gradient', (_, place) => {
    tf.tidy(() => {
      const [a, b, c] = [mixture(1), mixture(2), mixture(3)];
      const model = modelOf((h) => place(c)(place(b)(place(a)(h))));
      const x = rows(1);
      const actual = slopes([a, b, c], () => ask(model, x));
      const expected = slopes([a, b, c], () => {
        const h = a.apply(x) as tf.Tensor;
        return concatenated([
          [a, x],
          [b, h],
          [c, b.apply(h) as tf.Tensor],
        ]);
      });
      expectClose(actual, expected);
      // And not that of each by itself.
      const each = [a, b].map((layer) => concatenated([[layer, x]]).dataSync()[0]!);
      const both = concatenated([
        [a, x],
        [b, x],
      ]).dataSync()[0]!;
      expect(Math.abs(both - (each[0]! + each[1]!) / 2)).toBeGreaterThan(1e-3);
    });
  });
  if (backend !== 'cpu') return;

  test('a layer that is called twice counts its tokens twice', () => {
    tf.tidy(() => {
      const shared = mixture(1);
      const model = modelOf((h) => on(shared)(on(shared)(h)));
      const x = rows(2);
      const expected = () =>
        concatenated([
          [shared, x],
          [shared, shared.apply(x) as tf.Tensor],
        ]);
      expectClose(
        slopes([shared], () => ask(model, x)),
        slopes([shared], expected),
      );
    });
  });

  test('batches that accumulate in one gradient are one loss each', () => {
    tf.tidy(() => {
      const [a, b] = [mixture(1), mixture(2)];
      const model = modelOf((h) => on(b)(on(a)(h)));
      const batches = [rows(1), rows(2, 4)];
      const expected = () =>
        tf.addN(
          batches.map((x) =>
            concatenated([
              [a, x],
              [b, a.apply(x) as tf.Tensor],
            ]),
          ),
        ) as tf.Scalar;
      expectClose(
        slopes([a, b], () => tf.addN(batches.map((x) => ask(model, x))) as tf.Scalar),
        slopes([a, b], expected),
      );
    });
  });

  test('layers with other options, or of other numbers of experts, are no part of it', () => {
    tf.tidy(() => {
      const [a, b, other] = [mixture(1), mixture(2), mixture(3, 'layers', 2)];
      const wide = mixtureOfExperts({
        experts: 5,
        gate: topK({ k }),
        expert: linear(),
        seed: 4,
        balance: [switchLoss({ over: 'layers', scaling: 'sumOverK', weight: 1 })],
      });
      const model = modelOf((h) => on(b)(on(wide)(on(other)(on(a)(h)))));
      const x = rows(3);
      const joint = () => {
        const h = other.apply(a.apply(x) as tf.Tensor) as tf.Tensor;
        return tf.addN([
          concatenated([
            [a, x],
            [b, wide.apply(h) as tf.Tensor],
          ]),
          tf.mul(2, concatenated([[other, a.apply(x) as tf.Tensor]])),
          tf.mul(5 / experts, concatenated([[wide, h]])),
        ]) as tf.Scalar;
      };
      expect(tf.tidy(() => ask(model, x)).dataSync()[0]).toBeCloseTo(joint().dataSync()[0]!, 5);
    });
  });

  test('a step that an error cuts off leaves nothing, and the next is as if it had not been', async () => {
    const [a, b] = [mixture(1), mixture(2)];
    const model = modelOf((h) => on(b)(on(a)(h)));
    const x = rows(1);
    const optimizer = tf.train.sgd(0);
    const step = (fail: boolean) => {
      let value = 0;
      optimizer.minimize(() => {
        if (fail) {
          a.apply(x, { training: true });
          throw new Error('cut off');
        }
        const loss = ask(model, x);
        value = loss.dataSync()[0]!;
        return loss;
      });
      return value;
    };
    const first = tf.tidy(() => step(false));
    const { numTensors } = tf.memory();
    expect(() => tf.tidy(() => step(true))).toThrow('cut off');
    const forgotten = tf.engine().state.activeTape.flatMap(({ saved }) => saved);
    expect(tf.tidy(() => step(false))).toBe(first);
    tf.dispose(forgotten);
    expect(tf.memory().numTensors).toBe(numTensors);
    // The same from `fit`.
    model.compile({ optimizer, loss: () => tf.scalar(0) });
    const y = tf.zeros([6, 3]);
    const { history } = await model.fit(x, y, { epochs: 2, batchSize: 6, verbose: 0 });
    for (const loss of history.loss as number[]) expect(loss).toBeCloseTo(first, 5);
    const { numTensors: later } = tf.memory();
    await model.fit(x, y, { epochs: 1, batchSize: 6, verbose: 0 });
    expect(tf.memory().numTensors).toBe(later);
  });
});
