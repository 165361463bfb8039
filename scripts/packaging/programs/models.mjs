/** Saved models in a file, each with what it answered before it was saved. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';

const FILE = 'models.json';

/** The question that every model is asked. */
const question = () => tf.reshape(tf.linspace(-1, 1, 12), [4, 3]);

export const answer = (model) => Array.from(tf.tidy(() => model.predict(question()).dataSync()));

/** Saves models by name. */
export async function saveModels(models) {
  const saved = {};
  for (const [name, model] of Object.entries(models)) {
    await model.save(
      tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
        const data = Buffer.from(weightData).toString('base64');
        saved[name] = { modelTopology, weightSpecs, data, answer: answer(model) };
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
  }
  writeFileSync(FILE, JSON.stringify(saved));
}

/** What was saved, by name, as TensorFlow.js takes it; `answer` is what the model has to answer. */
export function savedModels() {
  const saved = Object.entries(JSON.parse(readFileSync(FILE, 'utf8')));
  return Object.fromEntries(
    saved.map(([name, { data, ...model }]) => {
      const bytes = Buffer.from(data, 'base64');
      return [
        name,
        { ...model, weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
      ];
    }),
  );
}
