import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test, vi } from 'vitest';

const HINTS = '@tfjs-moe/core/hints';
const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
afterEach(() => said.mockClear());

/** The packages as a production build has them, or as everybody else. */
async function packages(build: 'production' | 'development') {
  vi.resetModules();
  if (build === 'production') vi.doMock(HINTS, () => import('../../core/test/production.ts'));
  else vi.doUnmock(HINTS);
  const { mixtureOfExperts, switchLoss } = await import('../src/index.ts');
  const { topK } = await import('@tfjs-moe/gates');
  const { ffn } = await import('@tfjs-moe/experts');
  return { mixtureOfExperts, switchLoss, topK, ffn };
}
type Packages = Awaited<ReturnType<typeof packages>>;

const layerOf = ({ mixtureOfExperts, switchLoss, topK, ffn }: Packages) =>
  mixtureOfExperts({
    experts: 3,
    gate: topK({ k: 1 }),
    expert: ffn({ hiddenUnits: 2 }),
    balance: [switchLoss({ weight: 0.5 })],
    inputShape: [2],
    seed: 1,
  });

async function trained(from: Packages): Promise<number[][]> {
  const model = tf.sequential({ layers: [tf.layers.activation({ activation: 'linear', inputShape: [2] })] });
  model.add(layerOf(from));
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  const x = tf.tensor2d([1, 2, -1, 0.5, 3, -2], [3, 2]);
  const { history } = await model.fit(x, x, { epochs: 3, verbose: 0, shuffle: false });
  return [history.loss as number[], ...model.getWeights().map((weight) => [...weight.dataSync()])];
}

test('a production build trains, with its balance losses, as any other', async () => {
  const production = await trained(await packages('production'));
  expect(production).toEqual(await trained(await packages('development')));
});

test.each([
  [{ experts: 0 }, 'experts must be an integer of at least 1. Received: 0.'],
  [{ num_experts: 4 }, 'unknown option "num_experts"; known options are experts, gate'],
  [{ seed: null }, 'seed must not be null. Received: null.'],
  [
    { expert: () => 1 },
    'expert: an expert must be an object, a config { kind, ... } or the name of a kind. Rec',
  ],
  [{ gate: 'topk' }, /gate: unknown gate kind; known kinds: [^.]+\. Received: "topk"\.$/],
  [{ capacity: 1.5 }, 'capacity must be an integer of at least 1. Received: 1.5.'],
  [{ capacity: 3, dispatch: 'dense' }, "dispatch 'dense' never drops a token. Received: 3."],
  [{ dispatch: 'capacity' }, "dispatch 'capacity' needs a capacity. Received: undefined."],
  [
    {
      expert: {
        kind: 'ffn',
        hiddenUnits: 2,
        kernelInitializer: { kind: 'varianceScaling', distribution: 'normal' },
      },
    },
    "distribution must be one of 'truncatedNormal', 'untruncatedNormal', 'uniform'. Received: \"normal\".",
  ],
])('a production build says the rule, and what was received, without hints: %j', async (option, message) => {
  const { mixtureOfExperts, topK, ffn } = await packages('production');
  const options = { experts: 2, gate: topK(), expert: ffn({ hiddenUnits: 2 }), ...option };
  expect(() => mixtureOfExperts(options as never)).toThrow(message);
});

test('a production build says what is not finite, without its place', async () => {
  const { mixtureOfExperts, topK, ffn } = await packages('production');
  const layer = mixtureOfExperts({
    experts: 2,
    gate: topK(),
    expert: ffn({ hiddenUnits: 2 }),
    nonFinite: 'throw',
    name: 'mixture',
  });
  expect(() => layer.apply(tf.tensor2d([1, 2, Number.NaN, 3], [2, 2]))).toThrow(
    "[tfjs-moe] mixture: the input must be finite (nonFinite: 'throw'). Received: NaN.",
  );
});

test('a production build leaves it to development to look out for losses that nobody takes', async () => {
  for (const build of ['production', 'development'] as const) {
    const layer = layerOf(await packages(build));
    const x = tf.tensor2d([1, 2, -1, 0.5], [2, 2]);
    layer.build([null, 2]);
    tf.tidy(() => void tf.variableGrads(() => tf.sum(layer.apply(x, { training: true }) as tf.Tensor)));
    await Promise.resolve();
    expect(said).toHaveBeenCalledTimes(build === 'production' ? 0 : 1);
  }
});
