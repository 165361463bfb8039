import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { coActivation, recordRouting, specialisation } from '@tfjs-moe/layers/trace';
import { beforeAll, describe, expect, test } from 'vitest';
import { routeModel } from '../src/index.ts';
import { smallTransformer } from './small-transformer.ts';

const ids = [1, 2, 3, 4, 5, 0];
const tokens = tf.tensor2d([ids, ids], [2, 6], 'int32');
const character = [...ids, ...ids];
const place = ids.concat(ids).map((_, i) => (i % 6 < 3 ? 'begin' : 'end'));

beforeAll(() => tf.setBackend('cpu'));

describe('routeModel', () => {
  test('says of every mixture what the functions of traces say, for several labellings at once', async () => {
    const built = smallTransformer();
    const { layers, trace } = await routeModel(built, tokens, { labels: { character, place } });
    expect(layers.map(({ layer }) => layer)).toEqual(['mixture1', 'mixture2']);
    for (const labels of [character, place]) {
      const alone = await recordRouting(built, tokens, { labels });
      for (const { layer, by, coActivation: together } of layers) {
        expect(by[labels === place ? 'place' : 'character']).toEqual(specialisation(alone, layer));
        expect(together).toEqual(coActivation(alone, layer));
      }
    }
    expect(trace).toHaveLength(2);
    // The two last tokens are padding.
    expect(layers[0]!.tokens).toBe(10);
    expect(layers[0]!.by.character!.labels).not.toContain(0);
  });

  test('without labels it says who works with whom, and keeps nothing', async () => {
    const built = smallTransformer();
    built.predict(tokens);
    const { numTensors } = tf.memory();
    const { layers } = await routeModel(built, tokens);
    expect(layers[1]!.by).toEqual({});
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('refuses labels that are not one per token', async () => {
    await expect(routeModel(smallTransformer(), tokens, { labels: { place: ['a'] } })).rejects.toThrow(
      '[tfjs-moe] routeModel: labels: place must have one entry per token of layer mixture1 (12). Received: 1',
    );
    await expect(routeModel(smallTransformer(), tokens, { by: {} } as never)).rejects.toThrow('by');
  });
});
