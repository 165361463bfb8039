import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { defineExpert, type Expert, shortWay } from '@tfjs-moe/core';
import * as builtIn from '@tfjs-moe/experts';
import { softmax, temperature, topK } from '@tfjs-moe/gates';
import { register, threadsReady, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MixtureOfExpertsArgs, mixtureOfExperts, sharedExperts } from '../src/index.ts';
import { testLayerGradients } from '../src/testing/index.ts';
import { recordRouting } from '../src/trace/index.ts';
import {
  compare,
  compareTraining,
  countServed,
  differenceOf,
  drawnCase,
  unknownExpert,
} from './short-way/compare.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => {
  register();
});

test('layers by the short way are what they are composed, whatever the sizes, the gate, the experts and the numbers', () => {
  const outcomes = Array.from({ length: 100 }, (_, i) => ({ seed: i, ...compare(drawnCase(i)) }));
  expect(outcomes.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
  // Composed are numbers that are none, ties up to a rounding, and a temperature under which weights vanish.
  const served = outcomes.filter((outcome) => outcome.served).length;
  expect(served).toBeGreaterThan(60);
  expect(served).toBeLessThan(100);
});

describe.each(['on', 'off'])('the layer suite with the short way %s', (way) => {
  const runner = {
    describe,
    test: (name: string, run: () => unknown) =>
      test(name, async () => {
        if (way === 'off') shortWay.take = undefined;
        else register();
        await run();
        register();
      }),
  };
  const dispatch = ['auto'] as const;
  const expert = ffn({ hiddenUnits: 5, activation: 'gelu' });
  testLayerGradients(runner as never, topK({ k: 2 }), expert, { dispatch });
  testLayerGradients(
    runner as never,
    topK({ k: 3, weighting: temperature() }),
    gatedFfn({ hiddenUnits: 4 }),
    {
      dispatch,
      mask: [1, 1, 0, 1, 0, 1, 1],
      shared: sharedExperts({ expert: ffn({ hiddenUnits: 3 }) }),
    },
  );
});

const { constant, ffn, gatedConstant, gatedFfn, identity, linear } = builtIn;

test('experts of every kind come to what they are composed, also those that leave a kernel nothing to do', () => {
  const kinds: Record<keyof typeof builtIn, Expert> = {
    linear: linear(),
    polynomial: builtIn.polynomial(),
    constant: constant(),
    ffn: ffn({ hiddenUnits: 3 }),
    normalizedFfn: builtIn.normalizedFfn({ hiddenUnits: 3 }),
    gatedFfn: gatedFfn({ hiddenUnits: 3 }),
    lora: builtIn.lora({ expert: linear(), rank: 2 }),
    identity: identity(),
    zero: builtIn.zero(),
    gatedConstant: gatedConstant(),
    selectedInputs: builtIn.selectedInputs({ expert: identity(), features: [3, 1, 0, 2] }),
  };
  for (const [kind, expert] of Object.entries(kinds))
    for (const tokens of [1, 5, 40]) {
      const given = {
        ...drawnCase(3),
        experts: 4,
        gate: topK({ k: 2 }),
        expert,
        inputDim: 4,
        units: 4,
        tokens,
      };
      const plain = { ...given, broken: 'nowhere', ties: false } as const;
      expect({ kind, wrong: compare(plain).wrong }).toEqual({ kind, wrong: undefined });
      expect({ kind, wrong: compareTraining(plain).wrong }).toEqual({ kind, wrong: undefined });
    }
});

const sizes = { experts: 4, units: 3, seed: 1, expert: ffn({ hiddenUnits: 8 }) };

/** How many of some calls of a layer are served. */
function served(args: Partial<MixtureOfExpertsArgs>, run?: (call: () => tf.Tensor) => void): number {
  const layer = mixtureOfExperts({ ...sizes, gate: topK({ k: 2 }), ...args } as MixtureOfExpertsArgs);
  const x = tf.randomNormal([5, 6], 0, 1, 'float32', 1);
  tf.dispose(layer.apply(x) as tf.Tensor);
  const count = countServed();
  tf.tidy(() => {
    const call = () => layer.apply(x) as tf.Tensor;
    if (run === undefined) call();
    else run(call);
  });
  return count();
}

test('gates and experts are served by what they say they are, and not by their kind', () => {
  expect(served({})).toBe(1);
  const doubled = defineExpert('doubledForShortWay', () => ({
    config: {},
    params: (inputDim, units) => ({ w: { shape: [inputDim, units], initializer: { kind: 'heNormal' } } }),
    apply: (ops, x, { w }) => ops.add(ops.affine(x, w, undefined, 'tanh'), ops.affine(x, w)),
  }));
  expect(served({ expert: doubled() })).toBe(1);
  expect(served({ expert: unknownExpert() })).toBe(0);
  expect(served({ gate: softmax() })).toBe(0);
  expect(served({ gate: topK({ k: 2, router: 'cosine' }) })).toBe(0);
  const form = { type: 'competitive', router: topK({ k: 1 }).router!, path: 'router', bias: 'bias' } as const;
  const unnamed = { ...topK({ k: 2 }), traits: {} };
  expect(served({ gate: unnamed })).toBe(0);
  const selection = { k: 2, by: 'logits', renormalized: true } as const;
  expect(served({ gate: { ...unnamed, traits: { form: { ...form, selection } } } })).toBe(1);
  expect(served({ gate: { ...unnamed, traits: { form: { ...form, bias: 'absent', selection } } } })).toBe(0);
});

test('what somebody looks at, replays, drops or refuses is composed', async () => {
  expect(served({ dispatch: 'dense' })).toBe(0);
  expect(served({ capacity: 3 })).toBe(0);
  expect(served({ weightAt: 'output', nonFinite: 'throw' })).toBe(0);
  expect(served({}, (call) => tf.grad((a) => tf.mul(a, call()))(tf.scalar(1)))).toBe(1);
  const layer = mixtureOfExperts({ ...sizes, gate: topK({ k: 2 }) });
  const x = tf.randomNormal([5, 6], 0, 1, 'float32', 1);
  const { choices_TE } = layer.route(x);
  const count = countServed();
  const replayed = layer.replaying(choices_TE, () => (layer.apply(x) as tf.Tensor).dataSync());
  expect(count()).toBe(0);
  expect(differenceOf((layer.apply(x) as tf.Tensor).dataSync(), replayed).wrong).toBeUndefined();
  const looked = countServed();
  await recordRouting(layer, x);
  expect(looked()).toBe(0);
});

test('a call takes at most twelve kernels of tfjs, and none that is not registered any more', async () => {
  const layer = mixtureOfExperts({ ...sizes, gate: topK({ k: 2 }) });
  const x = tf.randomNormal([1, 6], 0, 1, 'float32', 1);
  tf.dispose(layer.apply(x) as tf.Tensor);
  const kernels = async () => (await tf.profile(() => layer.apply(x) as tf.Tensor)).kernels.length;
  expect(await kernels()).toBeLessThanOrEqual(12);
  unregister();
  expect(shortWay.take).toBeUndefined();
  expect(await kernels()).toBeGreaterThan(12);
  register();
});

test('several threads come to the same bits', async () => {
  const layer = mixtureOfExperts({
    ...{ experts: 4, units: 64, seed: 1, gate: topK({ k: 2 }) },
    expert: gatedFfn({ hiddenUnits: 256, activation: 'gelu' }),
  });
  const x = tf.randomNormal([600, 64], 0, 1, 'float32', 1);
  tf.dispose(layer.apply(x) as tf.Tensor);
  const bits: ArrayLike<number>[] = [];
  for (const threads of [1, 2]) {
    register({ threads });
    await threadsReady();
    const count = countServed();
    bits.push((layer.apply(x) as tf.Tensor).dataSync().slice());
    expect(count()).toBe(1);
  }
  expect(
    Buffer.from((bits[0] as Float32Array).buffer).equals(Buffer.from((bits[1] as Float32Array).buffer)),
  ).toBe(true);
  unregister();
  register();
});

test('hundreds of calls hold no more than one', () => {
  const layer = mixtureOfExperts({ ...sizes, gate: topK({ k: 2 }) });
  const bytes = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
  const call = (i: number) => {
    const x = tf.fill([1 + (i % 40), 6], i % 7 === 0 ? Number.NaN : Math.sin(i));
    tf.dispose([layer.apply(x) as tf.Tensor, x]);
  };
  for (let i = 0; i < 100; i++) call(i);
  const before = { ...tf.memory(), bytes: bytes() };
  for (let i = 0; i < 300; i++) call(i);
  expect({ ...tf.memory(), bytes: bytes() }).toEqual(before);
});
