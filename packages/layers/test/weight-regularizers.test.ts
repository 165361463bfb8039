import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { constant, ffn, lora } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { mixtureOfExperts, sharedExperts, weightRegularizers } from '../src/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';
import { onEveryBackend } from './backends.ts';

const l2 = (factor: number) => regularizers.l2({ l2: factor });
const l1 = (factor: number) => regularizers.l1({ l1: factor });
const all = weightRegularizers({
  expertKernel: l2(0.1),
  expertBias: l1(0.2),
  gateKernel: l2(0.3),
  gateBias: l1(0.4),
});

function layer(given: object | null = all, more = {}) {
  return mixtureOfExperts({
    experts: 3,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 4, biasInitializer: 'randomNormal' }),
    shared: sharedExperts({ expert: 'linear', gate: 'sigmoid' }),
    units: 2,
    seed: 1,
    inputShape: [5],
    regularizers: given,
    ...more,
  });
}
const total = (terms: tf.Scalar[]) => terms.reduce((sum, term) => sum + term.dataSync()[0]!, 0);

onEveryBackend(() => {
  test('every kernel and bias has its term', () => {
    const made = layer();
    made.build([null, 5]);
    let expected = 0;
    for (const weight of made.weights) {
      const numbers = Array.from(weight.read().dataSync());
      const squares = numbers.reduce((sum, w) => sum + w * w, 0);
      const sizes = numbers.reduce((sum, w) => sum + Math.abs(w), 0);
      const isGate = weight.originalName.startsWith('gate/');
      const isBias = weight.originalName.endsWith('bias');
      expected += isBias ? (isGate ? 0.4 : 0.2) * sizes : (isGate ? 0.3 : 0.1) * squares;
    }
    expect(total(made.calculateLosses()) / expected).toBeCloseTo(1, 5);
  });

  test('the terms reach fit, and their gradients the weights', async () => {
    const loss = async (given: object | null) => {
      const model = sequential({ layers: [layer(given)] });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
      const [x, y] = [tf.ones([4, 5]), tf.zeros([4, 2])];
      const before = total((model.layers[0] as ReturnType<typeof layer>).calculateLosses());
      const value = (await model.trainOnBatch(x, y)) as number;
      return { value, before, after: total((model.layers[0] as ReturnType<typeof layer>).calculateLosses()) };
    };
    const [without, beside] = [await loss(null), await loss(all)];
    expect(beside.value - without.value).toBeCloseTo(beside.before, 4);
    expect(beside.after).toBeLessThan(beside.before);
  });
});

test('what never learns, and what is neither kernel nor bias, has no term', () => {
  const frozen = layer(all, { expert: lora({ expert: 'linear', rank: 1 }), shared: null });
  frozen.build([null, 5]);
  // Of the adapters A and B; the gate's kernel and bias.
  expect(frozen.calculateLosses().length).toBe(4);
  const values = layer(weightRegularizers({ expertKernel: l2(1), expertBias: l2(1) }), {
    expert: constant(),
    shared: null,
  });
  values.build([null, 5]);
  expect(values.calculateLosses()).toEqual([]);
});

test('are saved with the layer', async () => {
  const some = weightRegularizers({ expertKernel: regularizers.l1l2({ l1: 0.5, l2: 0.25 }), gateBias: null });
  expect(some.config).toEqual({
    expertKernel: { className: 'L1L2', config: { l1: 0.5, l2: 0.25 } },
    expertBias: null,
    gateKernel: null,
    gateBias: null,
  });
  const model = sequential({ layers: [layer(some)] });
  const loaded = await loadLayersModel(await keptModel(model));
  const made = loaded.layers[0] as ReturnType<typeof layer>;
  expect(made.getConfig().regularizers).toEqual(some.config);
  expect(made.calculateLosses().length).toBe(4);
});

test('refuses what is no regulariser', () => {
  expect(() => weightRegularizers({ expertKernel: 'l2' as never })).toThrow(
    '[tfjs-moe] weightRegularizers: expertKernel must be a regulariser of tfjs, or { className, config }',
  );
  expect(() => weightRegularizers({ gateBias: { className: 'Nobody', config: {} } })).toThrow(
    'gateBias: unknown class; import the module that registers it. Received: "Nobody"',
  );
  expect(() => weightRegularizers({ kernel: l2(1) } as never)).toThrow('unknown option "kernel"');
});
