/** Gates that follow quantiles and sparsity: the state in a layer is that of the oracle, and it survives being saved. */
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import type { Gate } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { expertThreshold, quantileBalancing, reMoe } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { mixtureOfExperts, sparsityLoss } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';
import { load, save } from '../saved/saved-models.ts';

const gates: readonly [string, Gate, string][] = [
  ['expertThreshold', expertThreshold({ k: 1 }), 'threshold'],
  ['quantileBalancing', quantileBalancing({ k: 1, decay: 0.5 }), 'selection_bias'],
  ['reMoe', reMoe({ k: 1, initialCoefficient: 0.1 }), 'coefficient'],
];

function trainable(gate: Gate): LayersModel {
  const balance = gate.kind === 'reMoe' ? [sparsityLoss()] : [];
  const moe = mixtureOfExperts({
    ...{ inputShape: [2], experts: 3, gate, expert: linear(), units: 1, seed: 1, balance },
  });
  const model = sequential({ layers: [moe] });
  compile(model);
  return model;
}

const compile = (model: LayersModel) => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });

const stateOf = (model: LayersModel, name: string) =>
  Array.from(
    model.weights
      .find(({ originalName }) => originalName.endsWith(`gate/${name}`))!
      .read()
      .dataSync(),
  );

onEveryBackend(() => {
  test.each(gates)('%s: a resumed run is the uninterrupted one', async (_, gate, name) => {
    const [x, y] = [tf.tensor2d(drawnRows(9, 2, 1)), tf.tensor2d(drawnRows(9, 1, 2))];
    const fit = (model: LayersModel) =>
      model.fit(x, y, { epochs: 2, batchSize: 5, shuffle: false, verbose: 0 });
    const model = trainable(gate);
    const fresh = stateOf(model, name);
    await fit(model);
    const moved = stateOf(model, name);
    expect(moved).not.toEqual(fresh);
    const resumed = await load(await save(model));
    compile(resumed);
    expect(stateOf(resumed, name)).toEqual(moved);
    tf.dispose(resumed.evaluate(x, y) as tf.Scalar);
    expect(stateOf(resumed, name)).toEqual(moved);
    for (const each of [model, resumed]) await fit(each);
    expect(stateOf(resumed, name)).toEqual(stateOf(model, name));
    expect(stateOf(model, name)).not.toEqual(moved);
    for (const each of [model, resumed]) each.dispose();
    tf.dispose([x, y]);
  });
});
