/** Saves one model for every kind that `tfjs-moe` brings, and prints the kinds. */
import * as tf from '@tensorflow/tfjs';
// Soft dispatch comes with it.
import 'tfjs-moe/register';
import { knownKinds, mixtureOfExperts } from 'tfjs-moe';
import { saveModels } from './models.mjs';

/** Options without which a kind cannot be made. */
const needed = {
  ffn: { hiddenUnits: 4 },
  gatedFfn: { hiddenUnits: 4 },
  groupLimitedTopK: { groups: 2 },
  // The inputs of these models are no sequences.
  mixtureOfDepths: { per: 'batch' },
  sequenceTopK: { per: 'batch' },
  softMoe: { per: 'batch' },
  hierarchical: { groups: 2 },
  lora: { expert: 'linear', rank: 1 },
  normalizedFfn: { hiddenUnits: 4 },
  'router selectedInputs': { features: [0] },
  'expert selectedInputs': { features: [0], expert: 'linear' },
};

/** The layer's options that put a plugin of each role to use. */
const uses = {
  router: (config) => ({ gate: { kind: 'softmax', router: config } }),
  gate: (config) => ({ gate: config }),
  expert: (config) => ({ expert: config }),
  // The gates that have what losses ask for.
  balanceLoss: (config) => ({
    balance: [config],
    gate: config.kind === 'sparsityLoss' ? 'reMoe' : 'noisyTopK',
  }),
};

/** A model of a layer that takes further inputs, which are 0 here: `models.mjs` asks a question of one input. */
function withSides(layer) {
  const x = tf.input({ shape: [3] });
  const zero = tf.layers.dense({ units: 1, kernelInitializer: 'zeros' }).apply(x);
  const sides = Object.keys(layer.gate.inputs).map(() => zero);
  return tf.model({ inputs: x, outputs: layer.apply([x, ...sides]) });
}

const models = {};
for (const [role, use] of Object.entries(uses)) {
  for (const kind of knownKinds(role)) {
    const options = { experts: 4, gate: 'softmax', expert: 'linear', units: 3, inputShape: [3] };
    const layer = mixtureOfExperts({
      ...options,
      ...use({ kind, ...(needed[`${role} ${kind}`] ?? needed[kind]) }),
    });
    models[`${role} ${kind}`] = layer.gate.inputs ? withSides(layer) : tf.sequential({ layers: [layer] });
  }
}
await saveModels(models);
console.log(Object.keys(models).join('\n'));
