import { ffn, linear } from '@tfjs-moe/experts';
import { lossFree, noisyTopK, softMoe, topK } from '@tfjs-moe/gates';
import { describe, test } from 'vitest';
import { expertInput, loadLoss, mixedExperts, sharedExperts, switchLoss } from '../../src/index.ts';
import '../../src/soft.ts';
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
  testLayerComposition(
    runner,
    {
      gate: lossFree({ gate: topK({ k: 2, weighting: 'sigmoid', selectionBias: true }), speed: 0.1 }),
      expert: mixedExperts([
        { expert: ffn({ hiddenUnits: 3 }), count: 3 },
        { expert: linear(), count: 1 },
      ]),
      weightAt: expertInput,
      shared: sharedExperts({ expert: linear(), gate: 'sigmoid' }),
      balance: [switchLoss({ over: 'step', of: 'probabilities', weight: 1 })],
    },
    'state, parts and all that lies around them',
  );
  testLayerComposition(
    runner,
    { gate: softMoe({ slots: 2, per: 'batch' }), expert: ffn({ hiddenUnits: 3 }) },
    'soft',
  );
});
