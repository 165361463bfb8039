/**
 * Parts of one's own, written as the guides say: a top-p gate by another name, an entropy loss, a dispatcher and a softmax under another
 * name, held to the contracts with Node's own test runner, trained, saved, fitted and judged as the built-in ones are.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { fitMaximumLikelihood } from '@tfjs-moe/estimators';
import { testGate } from '@tfjs-moe/gates/testing';
import { testBalanceLoss, testDispatcher } from '@tfjs-moe/layers/testing';
import { canonical, voronoiLoss } from '@tfjs-moe/measures';
import { reportCard } from '@tfjs-moe/theory';
import {
  defineBalanceLoss,
  defineDispatcher,
  defineGate,
  ffn,
  groupedDispatch,
  linear,
  mixtureOfExperts,
  softmax,
} from 'tfjs-moe';

await tf.setBackend('cpu');

/** The fewest experts whose probabilities sum to at least p. */
const nucleus = defineGate('nucleus', ({ p: least = 0.7 } = {}) => {
  const dense = softmax();
  return {
    config: { p: least },
    expertsPerToken: (experts) => experts,
    params: dense.params,
    route(ops, x, p, context) {
      const { logits, scores, probabilities } = dense.route(ops, x, p, context);
      let before = ops.constant(0);
      const choices = ops.topK(probabilities, context.experts).map((first) => {
        const choice = ops.mul(first, ops.greater(ops.constant(least), before));
        before = ops.add(before, ops.sumExperts(ops.mul(first, ops.stopGradient(probabilities))));
        return choice;
      });
      const kept = ops.mul(probabilities, choices.reduce(ops.add));
      return { logits, scores, probabilities, choices, weights: ops.div(kept, ops.sumExperts(kept)) };
    },
  };
});

/** log E less the entropy of the mean probabilities, as a sum of terms that are not negative. */
const entropyLoss = defineBalanceLoss('entropyLoss', ({ weight = 0.01 } = {}) => ({
  config: {},
  weight,
  value(ops, { probabilities }, { experts }) {
    const q = ops.mul(ops.constant(experts), ops.meanTokens(probabilities));
    const excess = ops.add(ops.sub(ops.mul(q, ops.log(q)), q), ops.constant(1));
    return ops.mul(ops.constant(1 / experts), ops.sumExperts(excess));
  },
}));

const mirror = defineDispatcher({ name: 'mirror', dispatch: (x, plan) => groupedDispatch.dispatch(x, plan) });

testGate({ describe, test }, nucleus());
testBalanceLoss({ describe, test }, entropyLoss(), { atOneExpert: 0 });
testDispatcher({ describe, test }, mirror);

test('a layer of these parts learns, and is the same when loaded', async () => {
  const x = tf.randomNormal([64, 2], 0, 1, 'float32', 1);
  const y = tf.sum(tf.abs(x), 1, true);
  const model = tf.sequential({
    layers: [
      mixtureOfExperts({
        experts: 4,
        gate: nucleus({ p: 0.6 }),
        expert: ffn({ hiddenUnits: 8 }),
        balance: [entropyLoss()],
        dispatch: mirror,
        units: 1,
        seed: 1,
        inputShape: [2],
      }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
  const { loss } = (await model.fit(x, y, { epochs: 10, verbose: 0 })).history;
  assert.ok(loss.at(-1) < loss[0]);
  let saved;
  const keep = async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  };
  await model.save(tf.io.withSaveHandler(keep));
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));
  assert.deepEqual([...loaded.predict(x).dataSync()], [...model.predict(x).dataSync()]);
});

test('a softmax under another name is a softmax to estimators and theory', () => {
  const mySoftmax = defineGate('mySoftmax', () => {
    const { router, params, expertsPerToken, route } = softmax();
    return { config: {}, router, params, expertsPerToken, route };
  });
  const inputs = Array.from({ length: 120 }, (_, i) => [(i - 60) / 20]);
  const response = inputs.map(([x], i) => (x > 0.3 ? 2 * x : 1 - x) + 0.2 * Math.sin(7 * i));
  const [own, built] = [mySoftmax(), softmax()].map((gate) =>
    fitMaximumLikelihood({ data: { inputs, response }, gate, expert: linear(), experts: 2, seed: 1 }),
  );
  assert.equal(own.degreesOfFreedom, built.degreesOfFreedom);
  assert.equal(own.logLikelihood, built.logLikelihood);
  assert.deepEqual(own.estimated, built.estimated);
  assert.deepEqual(canonical(own.measure).gateParams, canonical(built.measure).gateParams);
  assert.ok(voronoiLoss(own.measure, own.measure).value < 1e-12);
  const [mine, theirs] = [mySoftmax(), softmax()].map((gate) =>
    reportCard({
      gate,
      expert: ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
      inputDim: 1,
    }),
  );
  assert.equal(mine.standing, theirs.standing);
  assert.deepEqual(mine.rates, theirs.rates);
});
