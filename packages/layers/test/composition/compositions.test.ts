import { ffn, linear } from '@tfjs-moe/experts';
import { noisyTopK, topK } from '@tfjs-moe/gates';
import { describe, test } from 'vitest';
import { loadLoss } from '../../src/index.ts';
import { testLayerComposition } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';

const runner = { describe, test };

onEveryBackend((backend) => {
  testLayerComposition(runner, { gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 3 }) }, 'top-2');
  if (backend !== 'cpu') return;
  testLayerComposition(
    runner,
    { gate: noisyTopK({ k: 1 }), expert: linear(), balance: [loadLoss({ weight: 1 })], dispatch: 'grouped' },
    'noisy top-1, grouped',
  );
});
