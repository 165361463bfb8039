import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/experts/register';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
// The layer alone: what runs the rest comes with the factories, none of which this program imports.
import { mixtureOfExperts } from '../src/mixture-of-experts.ts';

const base = { experts: 2, gate: topK({ k: 1 }), expert: 'linear' } as const;
const layer = (more: object) => mixtureOfExperts({ ...base, name: 'moe', ...more });

test.each([
  ['expert', { expert: { kind: 'layers', layers: [] } }, 'layers', 'layerExperts'],
  ['expert', { expert: { kind: 'mixed', parts: [] } }, 'mixed', 'mixedExperts'],
  ['dropout', { dropout: { input: 0.5 } }, 'dropout', 'expertDropout'],
  ['regularizers', { regularizers: {} }, 'regularizers', 'weightRegularizers'],
  ['constraints', { constraints: {} }, 'constraints', 'weightConstraints'],
  ['shared', { shared: { expert: 'linear' } }, 'shared', 'sharedExperts'],
])('of %s a saved model says which factory has to be imported', (_option, more, what, factory) => {
  expect(() => layer(more)).toThrow(
    `[tfjs-moe] moe: "${what}" has to be imported: ${factory} brings it, or import '@tfjs-moe/layers/register' (or 'tfjs-moe/register')`,
  );
});
