import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { type ExportOnnxOptions, exportOnnx, loadMixture } from '@tfjs-moe/checkpoints';
import {
  type AnyParams,
  defineExpert,
  defineGate,
  type GateOps,
  type Named,
  type Ops,
  type RoutingContext,
} from '@tfjs-moe/core';
import {
  constant,
  cosineRouter,
  dselectK,
  expertChoice,
  ffn,
  gatedFfn,
  hash,
  hierarchical,
  layerExperts,
  linear,
  lora,
  type MixtureOfExpertsArgs,
  minP,
  mixtureOfExperts,
  noisyTopK,
  normalizedFfn,
  pointwise,
  polynomial,
  reMoe,
  sharedExperts,
  sigmoid,
  softmax,
  temperature,
  topK,
  topP,
} from 'tfjs-moe';
import { beforeAll, describe, expect, test } from 'vitest';
import { blockNames, blockOf } from '../families/blocks.ts';
import { noRuntime, runOnnx } from './run-onnx.ts';

beforeAll(() => tf.setBackend('cpu'));

/** min(g, 1) as 1 - relu(1 - g), and the other way round for both sides; the gate comes second. */
const ownGlu = defineExpert('checkpointsTestGlu', (_: object) => ({
  config: {},
  params: (inputDim: number, units: number) => ({
    a: { shape: [inputDim, 3] as const, initializer: { kind: 'zeros' as const } },
    b: { shape: [inputDim, 3] as const, initializer: { kind: 'zeros' as const } },
    c: { shape: [3] as const, initializer: { kind: 'zeros' as const }, shared: true },
    d: { shape: [3, units] as const, initializer: { kind: 'zeros' as const } },
  }),
  apply<V>(ops: Ops<V>, x: V, p: { a: V; b: V; c: V; d: V }): V {
    const one = ops.constant(1);
    const below = (z: V) => ops.sub(one, ops.activation('relu', ops.sub(one, z)));
    const minus = (z: V) => ops.sub(ops.constant(0), z);
    const up = minus(below(minus(below(ops.affine(x, p.a, p.c)))));
    const gate = ops.activation('silu', below(ops.affine(x, p.b)));
    return ops.affine(ops.mul(up, gate), p.d);
  },
}));

/** Every expert, with its logit as its weight. */
const signed = defineGate('checkpointsTestSigned', (_: object) => {
  const { config, ...gate } = softmax();
  return {
    ...gate,
    config: {},
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const routing = gate.route(ops, x, p, context);
      return { ...routing, weights: routing.logits };
    },
  };
});

const built = (args: Partial<MixtureOfExpertsArgs>, features = 6) => {
  const layer = mixtureOfExperts({
    experts: 8,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 5 }),
    seed: 3,
    ...args,
  } as MixtureOfExpertsArgs);
  layer.apply(tf.zeros([1, features]));
  // Initial values that are all alike, or 0, would hide where they went.
  for (const weight of layer.weights)
    weight.write(tf.randomNormal(weight.shape as number[], 0, 0.7, 'float32', weight.id));
  return layer;
};

/** The largest distance of what onnxruntime makes of an input from what tfjs does. */
async function distance(
  source: Parameters<typeof exportOnnx>[0],
  x: tf.Tensor,
  options: ExportOnnxOptions = {},
): Promise<number> {
  const file = await exportOnnx(source, options);
  const y = (source as ReturnType<typeof sequential>).apply(x) as tf.Tensor;
  const { dims, data } = await runOnnx(file, x);
  expect([...dims]).toEqual(y.shape);
  const expected = await y.data();
  const largest = Math.max(1, ...expected.map(Math.abs));
  return Math.max(...data.map((value, i) => Math.abs(value - expected[i]!))) / largest;
}

describe.skipIf(noRuntime)(`onnxruntime computes what tfjs does ${noRuntime ?? ''}`, () => {
  test.each(blockNames)('%s', async (name) => {
    const { file, family, config } = await blockOf(name);
    const layer = await loadMixture(file, { family, config, layer: 3 });
    const { shape } = await file.info('input');
    const x = tf.randomNormal(shape as number[], 0, 0.1, 'float32', 5);
    expect(await distance(layer, x)).toBeLessThan(1e-5);
    layer.dispose();
  });

  const gates: Record<string, MixtureOfExpertsArgs['gate']> = {
    softmax: softmax(),
    'sigmoid, normalised': sigmoid({ normalize: true }),
    pointwise: pointwise({ activation: 'sqrtSoftplus' }),
    'a temperature': temperature({}),
    'noisy top-K': noisyTopK({ k: 2 }),
    'top-P': topP({ p: 0.6 }),
    'min-P': minP({ p: 0.3 }),
    ReMoE: reMoe(),
    'DSelect-k': dselectK({ k: 2 }),
    'a hierarchy': hierarchical({ groups: 2 }),
    'a cosine': topK({ k: 2, router: cosineRouter({}) }),
  };
  test.each(Object.entries(gates))('gate: %s', async (_, gate) => {
    expect(await distance(built({ gate }), tf.randomNormal([9, 6], 0, 1, 'float32', 2))).toBeLessThan(1e-5);
  });

  const experts: Record<string, MixtureOfExpertsArgs['expert']> = {
    linear: linear(),
    constant: constant(),
    'ffn, gelu': ffn({ hiddenUnits: 4, activation: 'gelu' }),
    'ffn, geluTanh': ffn({ hiddenUnits: 4, activation: 'geluTanh' }),
    normalizedFfn: normalizedFfn({ hiddenUnits: 4 }),
    polynomial: polynomial({ degree: 2 }),
    lora: lora({ rank: 2, expert: linear() }),
  };
  test.each(Object.entries(experts))('expert: %s', async (_, expert) => {
    const shared = sharedExperts({ expert: ffn({ hiddenUnits: 3 }), count: 2, gate: 'sigmoid' });
    const layer = built({ expert, shared, units: 6 });
    expect(await distance(layer, tf.randomNormal([9, 6], 0, 1, 'float32', 2))).toBeLessThan(1e-5);
  });

  test('a layer inside a model, for batches of any size', async () => {
    const x = input({ shape: [4, 6] });
    const dense = layers.dense({ units: 6, activation: 'swish' }).apply(x) as SymbolicTensor;
    const normal = layers.layerNormalization({}).apply(dense) as SymbolicTensor;
    const moe = mixtureOfExperts({
      experts: 4,
      gate: topK({ k: 2 }),
      expert: ffn({ hiddenUnits: 5 }),
      units: 6,
    });
    const sum = layers.add().apply([dense, moe.apply(normal) as SymbolicTensor]) as SymbolicTensor;
    const flat = layers.flatten().apply(layers.dropout({ rate: 0.5 }).apply(sum) as SymbolicTensor);
    const out = layers.dense({ units: 3, activation: 'softmax' }).apply(flat) as SymbolicTensor;
    const whole = modelOf({ inputs: x, outputs: out });
    whole.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    const one = tf.randomNormal([5, 4, 6], 0, 1, 'float32', 8);
    await whole.fit(one, tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1], 'int32'), 3), { epochs: 2, verbose: 0 });
    for (const batch of [5, 1]) expect(await distance(whole, tf.slice(one, 0, batch))).toBeLessThan(1e-5);
  });

  test('a layer with sequences as its input', async () => {
    expect(
      await distance(built({}), tf.randomNormal([2, 3, 6], 0, 1, 'float32', 4), { rank: 3 }),
    ).toBeLessThan(1e-5);
  });
});

describe.skipIf(noRuntime)('com.microsoft.MoE computes what the layer does', () => {
  const operators = 'com.microsoft';
  const expert = ffn({ hiddenUnits: 5, activation: 'geluTanh' });

  test.each([
    ['softmax', softmax()],
    ['top-K', topK({ k: 3 })],
    ['top-K, never divided', topK({ k: 2, renormalize: 'never', weightScale: 2.5 })],
    ['top-K of sigmoids', topK({ k: 2, weighting: sigmoid(), selectionBias: true })],
    ['top-P', topP({ p: 0.6 })],
    ['ReMoE', reMoe()],
    ['a hierarchy', hierarchical({ groups: 2 })],
  ] as const)('gate: %s', async (_, gate) => {
    const layer = built({ gate, expert, units: 6 } as Partial<MixtureOfExpertsArgs>);
    expect(await distance(layer, tf.randomNormal([9, 6], 0, 1, 'float32', 2), { operators })).toBeLessThan(
      1e-5,
    );
  });

  const experts: Record<string, MixtureOfExpertsArgs['expert']> = {
    relu: ffn({ hiddenUnits: 6 }),
    'swish, no biases': ffn({ hiddenUnits: 4, activation: 'swish', useBias: false }),
    identity: ffn({ hiddenUnits: 3, activation: 'linear' }),
    SwiGLU: gatedFfn({ hiddenUnits: 3 }),
    'SwiGLU, biases, as many hidden units as features': gatedFfn({ hiddenUnits: 6, useBias: true }),
    'limits, as in DeepSeek-V4': gatedFfn({ hiddenUnits: 4, limit: 0.4 }),
    'limits, a slope and an offset, as in gpt-oss': gatedFfn({
      ...{ hiddenUnits: 4, useBias: true },
      ...{ limit: 0.7, alpha: 1.702, upOffset: 1 },
    }),
    "an expert of one's own: factors in turn, a limit written otherwise, a shared bias": ownGlu({}),
  };
  test.each(Object.entries(experts))('expert: %s', async (_, each) => {
    const shared = sharedExperts({ expert: ffn({ hiddenUnits: 3 }), gate: 'sigmoid' });
    const layer = built({ expert: each, shared, units: 6 });
    const x = tf.randomNormal([2, 4, 6], 0, 1, 'float32', 2);
    expect(await distance(layer, x, { operators, rank: 3 })).toBeLessThan(1e-5);
  });

  // Llama 4 weighs the input of experts, which the operator does not.
  test.each(blockNames.filter((name) => !/llama-4|fused|f8|mxfp4/.test(name)))('%s', async (name) => {
    const { file, family, config } = await blockOf(name);
    const block = await loadMixture(file, { family, config, layer: 3 });
    const { shape } = await file.info('input');
    const x = tf.randomNormal(shape as number[], 0, 0.1, 'float32', 5);
    expect(await distance(block, x, { operators })).toBeLessThan(1e-5);
    block.dispose();
  });

  test('a model that contains a layer', async () => {
    const x = tf.randomNormal([12, 8], 0, 0.1, 'float32', 5);
    const model = sequential({
      layers: [
        layers.dense({ units: 6, inputShape: [8] }),
        mixtureOfExperts({ experts: 4, gate: topK({ k: 2 }), expert, units: 6 }),
      ],
    });
    expect(await distance(model, x, { operators })).toBeLessThan(1e-5);
  });
});

describe('com.microsoft.MoE is refused', () => {
  test.each<[string, Partial<MixtureOfExpertsArgs>, RegExp]>([
    ['another width', { units: 4 }, /as many numbers as it takes \(6\)\. Received: 4/],
    ['another activation', { expert: ffn({ hiddenUnits: 3, activation: 'gelu' }) }, /two affine maps.*"ffn"/],
    ['another expert', { expert: polynomial({ degree: 2 }) }, /two affine maps.*"polynomial"/],
    ['more layers', { expert: ffn({ hiddenUnits: [3, 3] }) }, /two affine maps.*"ffn"/],
    [
      'a gate that is no SwiGLU',
      { expert: gatedFfn({ hiddenUnits: 3, activation: 'geluTanh', limit: 7 }) },
      /or of SwiGLU.*"gatedFfn"/,
    ],
    [
      'units that see each other',
      { expert: normalizedFfn({ hiddenUnits: 3 }) },
      /two affine maps.*"normalizedFfn"/,
    ],
    ['weights below 0', { gate: signed({}) }, /no weights below 0/],
    ['weights at the input', { weightAt: 'input' }, /at the output of experts alone\. Received: "topK"/],
    ['a gate that looks at several tokens', { gate: expertChoice({}) }, /tokens? has no plain ONNX graph/],
  ])('%s', async (_, args, message) => {
    const layer = built({ units: 6, ...args });
    await expect(exportOnnx(layer, { operators: 'com.microsoft' })).rejects.toThrow(message);
  });
});

describe('exportOnnx refuses', () => {
  const dense = () => layers.dense({ units: 6 });
  test.each<[string, () => Parameters<typeof exportOnnx>[0], RegExp]>([
    [
      'a gate that looks at several tokens',
      () => built({ gate: expertChoice({}) }),
      /tokens? has no plain ONNX graph/,
    ],
    [
      'side inputs',
      () => {
        const layer = mixtureOfExperts({ experts: 4, gate: hash({ vocabulary: 4 }), expert: linear() });
        layer.apply([tf.zeros([2, 3]), tf.zeros([2, 1])]);
        return layer;
      },
      /side inputs/,
    ],
    ['a capacity', () => built({ capacity: 3 }), /drops tokens/],
    [
      'experts that are layers',
      () => built({ expert: layerExperts(dense), gate: topK({ k: 2 }) }),
      /experts that are layers/,
    ],
    [
      'a layer that is not built',
      () => mixtureOfExperts({ experts: 2, gate: softmax(), expert: linear() }),
      /must be built/,
    ],
    ['what is neither layer nor model', () => ({}) as never, /must be a layer or a model/],
    [
      'another kind of layer',
      () => sequential({ layers: [layers.conv1d({ filters: 2, kernelSize: 1, inputShape: [3, 2] })] }),
      /layers must be one of.*"Conv1D"/,
    ],
    [
      'another activation',
      () => sequential({ layers: [layers.dense({ units: 2, activation: 'hardSigmoid', inputShape: [2] })] }),
      /has no ONNX operator/,
    ],
  ])('%s', async (_, source, message) => {
    await expect(exportOnnx(source())).rejects.toThrow(message);
  });
});
