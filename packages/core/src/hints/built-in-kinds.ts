import type { Role } from '../identity.ts';

/** The kinds that this project defines, whether they are imported or not. */
export const builtInKinds: Readonly<Record<Role, readonly string[]>> = {
  // list: kinds
  router: ['linear', 'mlp', 'cosine', 'euclidean', 'selectedInputs', 'constant'],
  gate: [
    'softmax',
    'sigmoid',
    'pointwise',
    'temperature',
    'productKeys',
    'dselectK',
    'topK',
    'noisyTopK',
    'switchGate',
    'groupLimitedTopK',
    'quantileBalancing',
    'sinkhorn',
    'topP',
    'minP',
    'sparseMixer',
    'reMoe',
    'hash',
    'expertChoice',
    'expertThreshold',
    'sequenceTopK',
    'mixtureOfDepths',
    'softMoe',
    'hierarchical',
    'lossFree',
  ],
  expert: [
    'linear',
    'polynomial',
    'constant',
    'ffn',
    'normalizedFfn',
    'gatedFfn',
    'lora',
    'identity',
    'zero',
    'gatedConstant',
    'selectedInputs',
  ],
  balanceLoss: ['switchLoss', 'importanceLoss', 'loadLoss', 'zLoss', 'sparsityLoss'],
  // end of list
};
