/**
 * Registers the layer and every built-in balance loss: `import '@tfjs-moe/layers/register'` in a program that loads
 * models of unknown content. Definitions register themselves, but a bundler drops those that nothing uses.
 */
// Written by scripts/generate-lists.mjs.
import * as tf from '@tensorflow/tfjs-core';
import { register } from '@tfjs-moe/core';
import { bring } from './brought.ts';
import { softDispatch } from './dispatch/soft.ts';
import { dispatchWeighted } from './dispatch/weighted-input.ts';
import { layerBank } from './experts/layer-experts.ts';
import { mixedBank } from './experts/mixed-experts.ts';
import { readExpertDropout } from './extensions/expert-dropout.ts';
import { readSharedExperts } from './extensions/shared-experts.ts';
import { readWeightConstraints } from './extensions/weight-constraints.ts';
import { readWeightRegularizers } from './extensions/weight-regularizers.ts';
import { importanceLoss } from './losses/importance-loss.ts';
import { loadLoss } from './losses/load-loss.ts';
import { sparsityLoss } from './losses/sparsity-loss.ts';
import { switchLoss } from './losses/switch-loss.ts';
import { zLoss } from './losses/z-loss.ts';
import { MixtureOfExperts } from './mixture-of-experts.ts';
import { batchPriority } from './priorities/batch-priority.ts';
import { definePriority } from './priorities/define-priority.ts';
import { probabilityPriority } from './priorities/probability-priority.ts';
import { tokenOrder } from './priorities/token-order.ts';
import { CustomizedGateControl } from './tasks/customized-gate-control.ts';
import { MultiGateMixtureOfExperts } from './tasks/multi-gate-mixture-of-experts.ts';

tf.serialization.registerClass(MixtureOfExperts);
tf.serialization.registerClass(MultiGateMixtureOfExperts);
tf.serialization.registerClass(CustomizedGateControl);
bring('layers', layerBank);
bring('mixed', mixedBank);
bring('shared', readSharedExperts);
bring('dropout', readExpertDropout);
bring('regularizers', readWeightRegularizers);
bring('constraints', readWeightConstraints);
bring('soft', softDispatch);
bring('input', dispatchWeighted);
for (const each of [batchPriority, probabilityPriority, tokenOrder]) definePriority(each);
for (const balanceLoss of [switchLoss, importanceLoss, loadLoss, zLoss, sparsityLoss]) {
  register('balanceLoss', balanceLoss.kind, balanceLoss);
}
