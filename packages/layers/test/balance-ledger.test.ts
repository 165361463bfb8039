import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, test } from 'vitest';
import { balanceLedger } from '../src/balance-ledger.ts';
import './backends.ts';

beforeEach(() => tf.setBackend('cpu'));

const number = (loss: tf.Scalar) => loss.dataSync()[0];

test('hands out the losses of a step in the order of the calls', () => {
  tf.tidy(() => {
    const ledger = balanceLedger();
    for (const loss of [3, 1, 2]) ledger.record(tf.scalar(loss));
    expect([ledger.take(), ledger.take(), ledger.take()].map(number)).toEqual([3, 1, 2]);
  });
});

test('is zero when there is nothing to hand out, as in evaluation', () => {
  tf.tidy(() => {
    const ledger = balanceLedger();
    expect(number(ledger.take())).toBe(0);
    ledger.record(tf.scalar(5));
    ledger.take();
    expect(number(ledger.take())).toBe(0);
  });
});

test('forgets the losses of a step that is over', () => {
  const ledger = balanceLedger();
  tf.tidy(() => {
    ledger.record(tf.scalar(7));
    ledger.record(tf.scalar(8));
    ledger.take();
  });
  tf.tidy(() => {
    ledger.record(tf.scalar(9));
    expect(number(ledger.take())).toBe(9);
    expect(number(ledger.take())).toBe(0);
  });
  tf.tidy(() => {
    ledger.record(tf.scalar(10));
  });
  expect(tf.tidy(() => number(ledger.take()))).toBe(0);
});

test('keeps nothing alive', () => {
  const ledger = balanceLedger();
  const { numTensors } = tf.memory();
  for (let step = 0; step < 3; step++) {
    tf.tidy(() => {
      ledger.record(tf.scalar(step));
      ledger.record(tf.scalar(step));
      ledger.take();
    });
  }
  expect(tf.memory().numTensors).toBe(numTensors);
});
