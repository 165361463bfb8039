import { layers } from '@tensorflow/tfjs-layers';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';

test('bidirectional is refused with what to write instead', () => {
  const layer = mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert: linear(), name: 'moe' });
  expect(() => layers.bidirectional({ layer: layer as never })).toThrow(
    '[tfjs-moe] moe: cannot stand in tf.layers.bidirectional: it routes each token by itself, so it has no direction.',
  );
});
