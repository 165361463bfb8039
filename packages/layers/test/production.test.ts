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

test('a production build says the rules, and what was received, without hints', async () => {
  const { mixtureOfExperts, topK, ffn } = await packages('production');
  const options = { gate: topK(), expert: ffn({ hiddenUnits: 2 }) };
  expect(() => mixtureOfExperts({ ...options, experts: 0 })).toThrow(
    '[tfjs-moe] mixtureOfExperts: experts must be an integer of at least 1. Received: 0.',
  );
  expect(() => mixtureOfExperts({ ...options, num_experts: 4 } as never)).toThrow(
    '[tfjs-moe] mixtureOfExperts: unknown option "num_experts"; known options are experts, gate',
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
