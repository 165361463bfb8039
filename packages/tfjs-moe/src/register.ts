/**
 * Registers the layer and every built-in router, gate, expert and balance loss: `import 'tfjs-moe/register'` in a program
 * that loads models of unknown content.
 *
 * Each definition registers itself, but a bundler drops definitions that nothing uses. Here they are used.
 */
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import { serialization } from '@tensorflow/tfjs-core';
import { register } from '@tfjs-moe/core';
import { importanceLoss, loadLoss, MixtureOfExperts, switchLoss, zLoss } from '@tfjs-moe/layers';

for (const loss of [importanceLoss, loadLoss, switchLoss, zLoss]) register('balanceLoss', loss.kind, loss);
serialization.registerClass(MixtureOfExperts);
