import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { constant, ffn, identity, linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { expertDropout, mixedExperts, mixtureOfExperts, sharedExperts } from '../src/index.ts';
import { testLayerLife } from '../src/testing/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { onEveryBackend } from './backends.ts';

const gate = topK({ k: 2 });
const [T, D] = [400, 5];
type Dispatch = 'dense' | 'grouped' | 'capacity';
const dispatches = ['dense', 'grouped', 'capacity'] as const;

function layer(dropout: object | null, dispatch: Dispatch = 'dense', more = {}) {
  return mixtureOfExperts({
    experts: 4,
    gate,
    expert: identity(),
    dispatch,
    ...(dispatch === 'capacity' && { capacity: T }),
    seed: 5,
    dropout,
    ...more,
  });
}
const numbers = (made: ReturnType<typeof layer>, training: boolean, x = tf.ones([T, D])) =>
  Array.from((made.apply(x, { training }) as tf.Tensor).dataSync());

onEveryBackend(() => {
  for (const dispatch of dispatches) {
    for (const where of ['input', 'output'] as const) {
      test(`${dispatch}: drops a share of the ${where}, keeps the mean, and nothing in evaluation`, () => {
        const made = layer(expertDropout({ [where]: 0.25 }), dispatch, { gate: topK({ k: 1 }) });
        const y = numbers(made, true);
        const kept = y.filter((value) => value !== 0);
        const weight = numbers(made, false)[0]!;
        for (const value of kept) expect(value).toBeCloseTo((weight * 4) / 3, 5);
        expect(Math.abs(kept.length / y.length - 0.75)).toBeLessThan(0.04);
        expect(numbers(made, false).every((value) => Math.abs(value - weight) < 1e-6)).toBe(true);
      });
    }
    test(`${dispatch}: drops hidden units, of experts of several kinds too`, () => {
      // Hidden units of 1, each of which gives its own output: what is not 0 has been kept.
      const expert = ffn({
        hiddenUnits: D,
        activation: 'relu',
        kernelInitializer: 'zeros',
        biasInitializer: 'ones',
        outputWeights: false,
      });
      for (const each of [
        expert,
        mixedExperts([
          { expert, count: 3 },
          { expert, count: 1 },
        ]),
      ]) {
        const made = layer(expertDropout({ hidden: 0.5 }), dispatch, { expert: each, gate: topK({ k: 1 }) });
        // Both activated layers drop: a hidden unit does not matter to kernels of 0, an output does.
        const y = numbers(made, true);
        const weight = numbers(made, false)[0]!;
        const kept = y.filter((value) => value !== 0);
        for (const value of kept) expect(value).toBeCloseTo(2 * weight, 5);
        expect(Math.abs(y.filter((value) => value === 0).length / y.length - 0.5)).toBeLessThan(0.05);
      }
    });
  }
  testLayerLife(
    { describe, test },
    { gate, expert: linear(), dropout: expertDropout({ input: 0.05, output: 0.05 }) },
    'with dropout',
  );

  test('is a function of the seed and of the number of the training call', () => {
    const drop = expertDropout({ output: 0.5 });
    const [first, again] = [layer(drop), layer(drop)];
    const calls = [numbers(first, true), numbers(first, true)];
    expect(calls[0]).not.toEqual(calls[1]);
    expect([numbers(again, true), numbers(again, true)]).toEqual(calls);
    again.trainingCalls = 0;
    expect(numbers(again, true)).toEqual(calls[0]);
  });

  test('gradients flow through what was kept, and through nothing else', () => {
    const made = layer(expertDropout({ output: 0.5 }), 'dense', { gate: softmax(), experts: 1 });
    const y = numbers(made, true);
    made.trainingCalls = 0;
    const slopes = tf.grad((x) => tf.sum(made.apply(x, { training: true }) as tf.Tensor))(tf.ones([T, D]));
    expect(Array.from(slopes.dataSync())).toEqual(y);
  });

  test('leaves shared experts alone', () => {
    const made = layer(expertDropout({ output: 0.5 }), 'dense', {
      expert: constant({ valueInitializer: 'zeros' }),
      shared: sharedExperts({ expert: identity() }),
      units: D,
    });
    expect(numbers(made, true).every((value) => value === 1)).toBe(true);
  });
});

test('is saved with the layer, and refuses shares that are none', async () => {
  const drop = expertDropout({ hidden: 0.1 });
  expect(layer(drop).getConfig().dropout).toEqual({ input: 0, hidden: 0.1, output: 0 });
  expect(layer(null).getConfig().dropout).toBeNull();
  const model = sequential({ layers: [layer(drop, 'dense', { inputShape: [D] })] });
  const loaded = await loadLayersModel(await keptModel(model));
  expect(loaded.layers[0]!.getConfig().dropout).toEqual(drop.config);
  expect(() => expertDropout({ input: 1 })).toThrow(
    '[tfjs-moe] expertDropout: input must be a finite number',
  );
  expect(() => expertDropout({ rate: 0.1 } as never)).toThrow('unknown option "rate"');
});
