import * as tf from '@tensorflow/tfjs';
import { ffn, mixtureOfExperts, switchLoss, topK } from 'tfjs-moe';

// So small a model is computed faster than a graphics card is asked.
await tf.setBackend('cpu');

/** The layer: four small networks, and a gate that sends every input to two of them. */
export const moe = mixtureOfExperts({
  inputShape: [1],
  experts: 4,
  gate: topK({ k: 2 }),
  expert: ffn({ hiddenUnits: 16 }),
  units: 1,
  balance: [switchLoss()],
  seed: 1,
});

/** A model like any other of TensorFlow.js: it trains with fit, is saved, and is loaded. */
export const model = tf.sequential({ layers: [moe] });
model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError', metrics: ['mse'] });

/** What is to be learned: 200 points of a curve with a corner and a jump. */
export const inputs = Array.from({ length: 200 }, (_, i) => i / 100 - 1);
export const targets = inputs.map((x) => (x < 0.2 ? Math.abs(x + 0.4) : -x));

const x = tf.tensor2d(inputs, [inputs.length, 1]);
const y = tf.tensor2d(targets, [targets.length, 1]);

/** Trains on all points for so many epochs, and returns the mean squared error, without the balance loss. */
export async function train(epochs = 10) {
  const { history } = await model.fit(x, y, { epochs, batchSize: 50, verbose: 0 });
  return Number(history.mse.at(-1));
}

/** What the model answers for every input, and which expert has most to say there. */
export async function answers() {
  const [predicted] = [model.predict(x)].flat();
  const busiest = tf.tidy(() => moe.route(x).weights_TE.argMax(1));
  const found = { predictions: await predicted.data(), experts: await busiest.data() };
  tf.dispose([predicted, busiest]);
  return found;
}
