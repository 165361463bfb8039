import * as tf from '@tensorflow/tfjs';
import { answers, inputs, moe, targets, train } from './model.js';

for (let round = 1; round <= 5; round++) {
  console.log(`epoch ${20 * round}: mean squared error ${(await train(20)).toFixed(4)}`);
}
const { predictions, experts } = await answers();
for (let i = 0; i < inputs.length; i += 20) {
  const [x, wanted, answered] = [inputs[i], targets[i], predictions[i]].map((value) => value.toFixed(2));
  console.log(`x ${x}: ${answered} for ${wanted}, by expert ${experts[i]}`);
}
await moe.routingSettled();
const { load } = moe.trainingRoutingMetrics;
console.log(`inputs per expert: ${load.map((share) => `${Math.round(100 * share)} %`).join(', ')}`);
console.log(`trained on ${tf.getBackend()}`);
