/**
 * What `sparseMixer` trains by: not the derivative of what it computes, but an estimate for a selection that was drawn. The
 * oracle is derived by hand, in float64, from the softmax of each round.
 */
import * as tf from '@tensorflow/tfjs-core';
import { stream } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { sparseMixer } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { tokenOps } from '../src/interpretation/token-ops.ts';
import { onEveryBackend } from './backends.ts';

const [experts, jitter] = [4, 0.4];
const gate = sparseMixer({ jitter, useBias: false });

/** Weights, and both choices, of tokens that are their own logits, in training. */
function routed(z: tf.Tensor2D, seed: number) {
  const tokens = z.shape[0];
  const kernel = tf.expandDims(tf.eye(experts), 0);
  const specs = gate.params(experts, experts);
  const [name] = Object.keys(specs) as [string];
  const ops = tokenOps({ random: stream(seed), tokens });
  const context = { experts, training: true };
  const { weights, choices } = gate.route(ops, tf.expandDims(z, 1), { [name]: kernel }, context);
  const table = (value: tf.Tensor) => tf.reshape(value, [tokens, experts]) as tf.Tensor2D;
  return { weights: table(weights), first: table(choices[0]!), second: table(choices[1]!) };
}

/** The softmax of a round among the logits that are close to the largest of those not taken. */
function shares(z: readonly number[], taken: readonly number[]): number[] {
  const open = z.map((_, e) => !taken.includes(e));
  const max = Math.max(...z.filter((_, e) => open[e]));
  const masses = z.map((value, e) =>
    open[e] && (max - value) / Math.max(Math.abs(value), max) <= 2 * jitter ? Math.exp(value - max) : 0,
  );
  const sum = masses.reduce((a, b) => a + b);
  return masses.map((mass) => mass / sum);
}

/** $p_a (\delta_{ae} - p_e)$ for all $e$: how the share of expert a moves with the logits. */
const slopesOf = (p: readonly number[], a: number) =>
  p.map((share, e) => p[a]! * ((e === a ? 1 : 0) - share));

const only = (mask: readonly number[]) => mask.indexOf(1);

onEveryBackend(() => {
  test('the gradient is that of the whole share of each round, whatever the weight was multiplied by', () => {
    tf.tidy(() => {
      const rows = drawnRows(60, experts, 3).map((row) => row.map((z) => Math.fround(1 + 0.3 * z)));
      const slopes = drawnRows(60, experts, 4).map((row) => row.map(Math.fround));
      const z = tf.tensor2d(rows);
      const given = routed(z, 7);
      const [weights, first, second] = [given.weights, given.first, given.second].map(
        (table) => table.arraySync() as number[][],
      );
      const objective = (logits: tf.Tensor) =>
        tf.sum(tf.mul(routed(logits as tf.Tensor2D, 7).weights, tf.tensor2d(slopes))) as tf.Scalar;
      const actual = tf.grad(objective)(z).arraySync() as number[][];
      let shrunk = 0;
      rows.forEach((row, t) => {
        const [a, b] = [only(first![t]!), only(second![t]!)];
        const [p, q] = [shares(row, []), shares(row, [a])];
        for (const [e, share] of [[a, p[a]!] as const, [b, q[b]!] as const]) {
          const whole = Math.abs(weights![t]![e]! - share) < 1e-5;
          if (!whole) {
            shrunk += 1;
            expect(weights![t]![e]).toBeCloseTo(share / 3, 5);
          }
        }
        const [fromA, fromB] = [slopesOf(p, a), slopesOf(q, b)];
        row.forEach((_, e) => {
          const expected = slopes[t]![a]! * fromA[e]! + slopes[t]![b]! * fromB[e]!;
          expect(actual[t]![e]).toBeCloseTo(expected, 5);
        });
      });
      // The derivative of what is computed would be a third of it there.
      expect(shrunk).toBeGreaterThan(20);
    });
  });

  test('over what it multiplies by, its mean is f(p) - f(0) times the slope of the logarithm of the share: Heun’s rule', () => {
    tf.tidy(() => {
      const row = [1, 0.9, 0.8, 0.7].map(Math.fround);
      const draws = 200;
      // Of the third order: exact for polynomials of degree 3.
      const f = (w: number) => 2 + w - 3 * w ** 2 + 4 * w ** 3;
      const z = tf.tensor2d(Array.from({ length: draws }, () => row));
      const objective = (logits: tf.Tensor) => {
        const { weights, first } = routed(logits as tf.Tensor2D, 5);
        const w = tf.sum(tf.mul(weights, first), 1);
        const powers = [tf.mul(1, w), tf.mul(-3, tf.square(w)), tf.mul(4, tf.pow(w, 3))];
        return tf.sum(tf.addN(powers)) as tf.Scalar;
      };
      const gradients = tf.grad(objective)(z).arraySync() as number[][];
      const { weights, first } = routed(z, 5);
      const [given, firsts] = [weights, first].map((table) => table.arraySync() as number[][]);
      const p = shares(row, []);
      for (const a of [1, 2, 3]) {
        const drawnAs = (share: number) =>
          gradients.find(
            (_, t) => only(firsts![t]!) === a && Math.abs(given![t]![a]! - share) < 1e-5,
          ) as number[];
        const [whole, third] = [drawnAs(p[a]!), drawnAs(p[a]! / 3)];
        row.forEach((_, e) => {
          const mean = 0.25 * whole[e]! + 0.75 * third[e]!;
          const expected = (f(p[a]!) - f(0)) * ((e === a ? 1 : 0) - p[e]!);
          expect(mean).toBeCloseTo(expected, 5);
        });
      }
    });
  });
});
