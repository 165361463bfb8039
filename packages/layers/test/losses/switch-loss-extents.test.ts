/** The switch loss over sequences and over the batches of a step, and the conventions of libraries, as golden numbers. */
import * as tf from '@tensorflow/tfjs-core';
import {
  type ArrayValue,
  arrayGateOps,
  arrayTable,
  type BalanceLoss,
  type GateOps,
  type Routing,
} from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { sigmoid, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { mixtureOfExperts, switchLoss, zLoss } from '../../src/index.ts';
import { onEveryBackend } from '../backends.ts';

/** Four tokens, eight experts, two of them for each: the batch of `golden-gates.json`. */
const logits = [
  [1.2, -0.3, 0.8, 0.1, -1.0, 2.0, 0.5, -0.7],
  [0.0, 0.4, -0.2, 1.5, 1.1, -0.6, 0.9, 0.3],
  [-0.5, 0.6, 1.7, -1.2, 0.2, 0.7, -0.1, 1.3],
  [0.5, 0.5, 0.5, 0.5, -2.0, -2.0, 1.0, 1.0],
];
const [experts, expertsPerToken] = [8, 2];

function routing<V>(ops: GateOps<V>, z: V): Routing<V> {
  const probabilities = ops.softmax(z);
  return {
    logits: z,
    scores: z,
    probabilities,
    choices: ops.topK(z, expertsPerToken),
    weights: probabilities,
  };
}

function lossOf(
  loss: BalanceLoss,
  options: Parameters<typeof arrayGateOps>[0] = {},
  rows = logits,
  sums?: Record<string, ArrayValue>,
): number {
  const ops = arrayGateOps({ tokens: rows.length, ...options });
  return loss.value(ops, routing(ops, arrayTable(rows)), { experts, expertsPerToken, sums }).data[0]!;
}

test.each<[string, BalanceLoss, object, number]>([
  ['Switch and GShard', switchLoss({ scaling: 'top1' }), {}, 1.1531884963087242],
  ['Hugging Face', switchLoss({ scaling: 'sumOverK' }), {}, 2.089402592666836],
  ['Megatron, OLMo-core and MegaBlocks', switchLoss(), {}, 1.044701296333418],
  [
    'Hugging Face with the softmax of a softmax',
    switchLoss({ scaling: 'sumOverK', doubleSoftmax: true }),
    {},
    2.0118624216799823,
  ],
  ['Megatron without the last token', switchLoss(), { mask: [1, 1, 1, 0] }, 1.0803521249613162],
  [
    'micro-batches by themselves, as sequences',
    switchLoss({ over: 'sequence' }),
    { sequences: 2 },
    1.4770616721982375,
  ],
  ['the z-loss', zLoss(), {}, 7.376113627823239],
  ['the z-loss of Megatron without the last token', zLoss(), { mask: [1, 1, 1, 0] }, 7.735167094620969],
])('golden: %s', (_name, loss, options, expected) => {
  expect(lossOf(loss, options)).toBeCloseTo(expected, 12);
});

describe('over the batches of a step', () => {
  const loss = switchLoss({ over: 'step' });
  const halves = [logits.slice(0, 2), logits.slice(2)];

  test('the load is that of all batches so far, the probabilities those of this one', () => {
    const ops = arrayGateOps({ tokens: 2 });
    const observed = halves.map((rows) =>
      loss.observe!(ops, routing(ops, arrayTable(rows)), { experts, expertsPerToken }),
    );
    const [first, second] = observed as [Record<string, ArrayValue>, Record<string, ArrayValue>];
    expect(lossOf(loss, {}, halves[0])).toBeCloseTo(lossOf(switchLoss(), {}, halves[0]), 12);
    // With the other half told to each, their mean is the loss of the whole batch.
    const told = [lossOf(loss, {}, halves[0], second), lossOf(loss, {}, halves[1], first)];
    expect((told[0]! + told[1]!) / 2).toBeCloseTo(1.044701296333418, 12);
    const nobody = { load: ops.mul(ops.constant(0), first.load!), tokens: ops.constant(0) };
    expect(lossOf(loss, { mask: [0, 0] }, halves[0], nobody)).toBe(0);
  });

  onEveryBackend(() => {
    test('a layer tells it while batches accumulate', () => {
      const layer = mixtureOfExperts({
        experts: 4,
        gate: topK({ k: 2 }),
        expert: linear(),
        units: 1,
        balance: [loss],
        seed: 1,
      });
      layer.build([null, 3]);
      const x = tf.tensor2d(drawnRows(6, 3, 1));
      const batch = (rows: tf.Tensor) => {
        const { value } = tf.variableGrads(() => {
          const y = layer.call(rows, { training: true });
          return tf.add(tf.mul(tf.mean(y), 0), layer.losses[0]!()) as tf.Scalar;
        });
        return value.dataSync()[0]!;
      };
      const plan = layer.route(x);
      const [one, two] = [tf.slice(x, 0, 4), tf.slice(x, 4, 2)];
      const share = (rows: number) => tf.div(tf.sum(tf.slice(plan.selected_TE, 0, rows), 0), rows);
      const expected = (rows: number, p: tf.Tensor) =>
        tf.sum(tf.mul(share(rows), tf.mean(p, 0))).dataSync()[0]! * 2 * 0.01;
      const p = plan.probabilities_TE;
      expect(batch(one)).toBeCloseTo(expected(4, tf.slice(p, 0, 4)), 6);
      expect(batch(two)).toBeCloseTo(expected(6, tf.slice(p, 4, 2)), 6);
    });
  });
});

describe('per sequence', () => {
  test('each sequence with a token counts once, however many it has', () => {
    const loss = switchLoss({ over: 'sequence' });
    const alone = (rows: number[][]) => lossOf(switchLoss(), {}, rows);
    const mask = [1, 1, 0, 1, 0, 0];
    const rows = [...logits, logits[0]!, logits[1]!];
    const value = lossOf(loss, { sequences: 3, mask }, rows);
    expect(value).toBeCloseTo((alone(rows.slice(0, 2)) + alone(rows.slice(3, 4))) / 2, 12);
    expect(lossOf(loss, { sequences: 3, mask: [0, 0, 0, 0, 0, 0] }, rows)).toBe(0);
  });

  onEveryBackend(() => {
    test('the layer knows its sequences, and refuses an input without', () => {
      const make = () =>
        mixtureOfExperts({
          experts: 4,
          gate: topK({ k: 2, weighting: sigmoid(), selectionBias: true }),
          expert: linear(),
          balance: [switchLoss({ over: 'sequence', of: 'probabilities', weight: 1 })],
          seed: 1,
        });
      const layer = make();
      layer.build([null, 3, 3]);
      const x = tf.tensor3d(drawnRows(6, 3, 1).flat(), [2, 3, 3]);
      const loss = tf.tidy(() => {
        layer.call(x, { training: true });
        return (layer.losses[0]!() as tf.Scalar).dataSync()[0]!;
      });
      const each = [0, 1].map((b) => {
        const plan = layer.route(tf.slice(x, [b], [1]));
        const load = tf.mean(plan.selected_TE, 0);
        return (tf.sum(tf.mul(load, tf.mean(plan.probabilities_TE, 0))).dataSync()[0]! * 4) / 2;
      });
      expect(loss).toBeCloseTo((each[0]! + each[1]!) / 2, 5);
      const flat = make();
      flat.build([null, 3]);
      expect(() => tf.tidy(() => flat.call(tf.ones([2, 3]), { training: true }))).toThrow(
        '[tfjs-moe] inSequences: needs an input of sequences',
      );
    });
  });
});
