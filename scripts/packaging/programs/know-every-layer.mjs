/** Knows every class of a transformer by its name in saved models, in a program that imports none by name. */
import '@tfjs-moe/transformer/register';
import * as tf from '@tensorflow/tfjs';

const { classNameMap } = tf.serialization.SerializationMap.getMap();
for (const name of ['AdamW', 'CausalSelfAttention', 'RmsNorm'])
  if (!(name in classNameMap)) throw new Error(`a saved model with ${name} cannot be loaded`);
