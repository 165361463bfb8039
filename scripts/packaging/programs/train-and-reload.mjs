/** The life of a model: it learns, is saved, and predicts the same once it is loaded. */
export async function trainAndReload(tf, { mixtureOfExperts, topK, ffn }) {
  await tf.setBackend('cpu');
  const x = tf.randomNormal([64, 2], 0, 1, 'float32', 1);
  const y = tf.sum(tf.abs(x), 1, true);
  const moe = mixtureOfExperts({
    experts: 4,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 8 }),
    units: 1,
    inputShape: [2],
  });
  expect(moe instanceof tf.layers.Layer, 'the layer comes from the same copy of TensorFlow.js');
  const model = tf.sequential({ layers: [moe] });
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const { loss } = (await model.fit(x, y, { epochs: 8 })).history;
  expect(loss.at(-1) < loss[0], `the loss falls: ${loss}`);

  let saved;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));
  const [difference] = tf.max(tf.abs(tf.sub(model.predict(x), loaded.predict(x)))).dataSync();
  expect(difference === 0, `the loaded model predicts the same, not ${difference} off`);
  console.log('trained, saved and loaded');
}

function expect(condition, what) {
  if (!condition) throw new Error(`expected that ${what}`);
}
