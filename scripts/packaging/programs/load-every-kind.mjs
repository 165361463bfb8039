/** Loads every saved model in a program that imports no kind by name. */
import 'tfjs-moe/register';
import * as tf from '@tensorflow/tfjs';
import { answer, savedModels } from './models.mjs';

for (const [name, saved] of Object.entries(savedModels())) {
  const model = await tf.loadLayersModel(tf.io.fromMemory(saved));
  if (String(answer(model)) !== String(saved.answer))
    throw new Error(`${name} answers differently once loaded`);
}
