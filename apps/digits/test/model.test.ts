import { useBackend } from 'app-frame';
import { beforeAll, expect, test } from 'vitest';
import { buildNetworks } from '../src/model.ts';
import { parseOptions } from '../src/options.ts';

const build = (...words: string[]) => buildNetworks(parseOptions(words, '/'));

beforeAll(async () => {
  await useBackend('test', 'wasm');
});

/** Parameters of one more hidden unit of the dense block. */
const UNIT = 128 + 1 + 128;

test.each([
  [],
  ['--experts=4', '--k=1', '--hidden=16'],
  ['--gate=softmax', '--expert=linear'],
  ['--gate=switchGate', '--expert=gatedFfn'],
  ['--gate=noisyTopK', '--experts=3'],
])('the networks compute with equally many parameters: %s %s %s', (...words) => {
  const { mixture, dense } = build(...words);
  expect(Math.abs(mixture.activeParameters - dense.activeParameters)).toBeLessThanOrEqual(UNIT / 2);
  expect(dense.totalParameters).toBe(dense.activeParameters);
  expect(dense.totalParameters).toBe(dense.model.countParams());
  expect(mixture.totalParameters).toBe(mixture.model.countParams());
  expect(mixture.activeParameters).toBeLessThanOrEqual(mixture.totalParameters);
});

test('a mixture that uses all its experts has no idle parameters', () => {
  const { mixture } = build('--gate=softmax');
  expect(mixture.activeParameters).toBe(mixture.totalParameters);
});

test('one seed, one start; layers outside the block start alike in both networks', () => {
  const weights = (network: { model: ReturnType<typeof build>['dense']['model'] }, layer: string) =>
    Array.from(network.model.getLayer(layer).getWeights()[0]!.dataSync());
  const [one, two, other] = [build(), build(), build('--seed=2')];
  expect(weights(one.mixture, 'mixture')).toEqual(weights(two.mixture, 'mixture'));
  expect(weights(one.mixture, 'features')).toEqual(weights(two.dense, 'features'));
  expect(weights(one.mixture, 'mixture')).not.toEqual(weights(other.mixture, 'mixture'));
  expect(weights(one.dense, 'features')).not.toEqual(weights(other.dense, 'features'));
});
