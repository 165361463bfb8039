import * as tf from '@tensorflow/tfjs-core';
import { type BalanceLoss, stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import golden from '../../../gates/test/golden/golden-moe.json' with { type: 'json' };
import { switchLoss } from '../../src/index.ts';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { testBalanceLoss } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { batchA, batchB, expectValue, lifted, type Tables } from './golden-batches.ts';

const top1 = switchLoss({ scaling: 'top1' });
const sumOverK = switchLoss({ scaling: 'sumOverK' });
const meanOverK = switchLoss({ scaling: 'meanOverK' });

/** Four tokens to four experts, two each, all probabilities equal. */
const diagonal = table((t, e) => (t === e ? 1 : 0));
const uniform: Tables = {
  logits: diagonal,
  scores: diagonal,
  probabilities: table(() => 1 / 4),
  choices: [diagonal, table((t, e) => ((t + 1) % 4 === e ? 1 : 0))],
  weights: table(() => 1 / 4),
};

onEveryBackend(() => {
  const runner = { describe, test };
  testBalanceLoss(runner, top1, { atOneExpert: 1 });
  testBalanceLoss(runner, sumOverK, { atOneExpert: 1 });
  testBalanceLoss(runner, meanOverK, { atOneExpert: 1 });
  testBalanceLoss(runner, switchLoss({ over: 'sequence' }), { sequences: 3, atOneExpert: 1 });
  testBalanceLoss(runner, switchLoss({ over: 'step', of: 'probabilities' }), { atOneExpert: 1 });
  testBalanceLoss(runner, switchLoss({ over: 'layers', scaling: 'sumOverK' }), { atOneExpert: 1 });
  testBalanceLoss(runner, switchLoss({ doubleSoftmax: true, scaling: 'top1' }));
  testBalanceLoss(runner, switchLoss({ weight: 0 }), { experts: 3, expertsPerToken: 1, tokens: 1 });

  test.each<[string, BalanceLoss, Tables, number]>([
    ['GShard, E² times the mean', top1, batchA, golden.A_gshard_E2_mean],
    ['Switch Transformer and GShard, first choices', top1, batchB, golden.B_lb_top1_switch_gshard],
    [
      'Hugging Face, flaxformer and MaxText',
      sumOverK,
      batchB,
      golden['B_lb_topk_sum (HF,flaxformer,maxtext)'],
    ],
    [
      'Megatron, MegaBlocks, DeepSpeed and KerasHub',
      meanOverK,
      batchB,
      golden['B_lb_topk_over_k (Megatron,Megablocks,DeepSpeed topk,KerasHub)'],
    ],
    ['a uniform load, first choices', top1, uniform, 1],
    ['a uniform load, sum over K', sumOverK, uniform, 2],
    ['a uniform load, mean over K', meanOverK, uniform, 1],
  ])('golden: %s', (_name, loss, tables, expected) => expectValue(loss, tables, expected));

  test('top1 counts the expert with the largest score, whatever the weights', () => {
    const scores = batchB.scores.map((row) => row.map((_, e) => (e === 3 ? 1 : 0)));
    expectValue(top1, { ...batchB, scores }, 4 * golden.B_P_mean[3]!);
  });

  test('has a gradient to the probabilities alone, E f / (T K)', () => {
    const lift = (rows: number[][]) => tf.tensor(rows.flat(), [6, 4, 1]);
    const valueAt = (probabilities: tf.Tensor, others: tf.Tensor) => {
      const routing = lifted(batchB, lift);
      const { scores, weights, logits } = routing;
      const parts = { scores, weights, logits };
      const moved = Object.fromEntries(
        Object.entries(parts).map(([name, part]) => [name, tf.add(part, others)]),
      );
      const value = meanOverK.value(
        tokenOps({ random: stream(0) }),
        { ...routing, ...moved, probabilities },
        { experts: 4, expertsPerToken: 2 },
      );
      // Zero times the others, so that their gradient exists.
      return tf.add(tf.sum(value), tf.sum(tf.mul(others, 0)));
    };
    tf.tidy(() => {
      const [toProbabilities, toOthers] = tf.grads(valueAt)([
        lift(batchB.probabilities),
        tf.zeros([6, 4, 1]),
      ]);
      const expected = golden.B_counts.map((count) => (4 * (count / 6)) / (6 * 2));
      const rows = tf.reshape(toProbabilities!, [6, 4]).arraySync() as number[][];
      for (const row of rows) {
        row.forEach((slope, e) => {
          expect(slope).toBeCloseTo(expected[e]!, 6);
        });
      }
      expect(Array.from(toOthers?.dataSync() ?? []).every((slope) => slope === 0)).toBe(true);
    });
  });
});

test('has a small weight and the mean over K by default', () => {
  expect(switchLoss().config).toEqual({
    kind: 'switchLoss',
    weight: 0.01,
    scaling: 'meanOverK',
    over: 'batch',
    of: 'choices',
    doubleSoftmax: false,
  });
});

test('refuses options that it does not know', () => {
  expect(() => switchLoss({ scaling: 'mean' as never })).toThrow(
    `[tfjs-moe] switchLoss: scaling must be one of 'top1', 'sumOverK', 'meanOverK' (did you mean "meanOverK"?). Received: "mean".`,
  );
  expect(() => switchLoss({ weight: -1 })).toThrow(
    '[tfjs-moe] switchLoss: weight must be a finite number of at least 0. Received: -1.',
  );
  expect(() => switchLoss({ alpha: 1 } as never)).toThrow(
    '[tfjs-moe] switchLoss: unknown option "alpha"; known options are weight, scaling, over, of, doubleSoftmax.',
  );
});

function table(entry: (token: number, expert: number) => number): number[][] {
  return Array.from({ length: 4 }, (_, t) => Array.from({ length: 4 }, (_inner, e) => entry(t, e)));
}
