/** Saves one model for every kind that `tfjs-moe` brings, and prints the kinds. */
import * as tf from '@tensorflow/tfjs';
import { knownKinds, mixtureOfExperts } from 'tfjs-moe';
import { saveModels } from './models.mjs';

/** Options without which a kind cannot be made. */
const needed = {
  ffn: { hiddenUnits: 4 },
  gatedFfn: { hiddenUnits: 4 },
  groupLimitedTopK: { groups: 2 },
  // The inputs of these models are no sequences.
  mixtureOfDepths: { per: 'batch' },
  hierarchical: { groups: 2 },
  lora: { expert: 'linear', rank: 1 },
  normalizedFfn: { hiddenUnits: 4 },
};

/** The layer's options that put a plugin of each role to use. */
const uses = {
  router: (config) => ({ gate: { kind: 'softmax', router: config } }),
  gate: (config) => ({ gate: config }),
  expert: (config) => ({ expert: config }),
  // The only gate that has what every loss asks for.
  balanceLoss: (config) => ({ balance: [config], gate: 'noisyTopK' }),
};

const models = {};
for (const [role, use] of Object.entries(uses)) {
  for (const kind of knownKinds(role)) {
    const options = { experts: 4, gate: 'softmax', expert: 'linear', units: 3, inputShape: [3] };
    const layer = mixtureOfExperts({ ...options, ...use({ kind, ...needed[kind] }) });
    models[`${role} ${kind}`] = tf.sequential({ layers: [layer] });
  }
}
await saveModels(models);
console.log(Object.keys(models).join('\n'));
