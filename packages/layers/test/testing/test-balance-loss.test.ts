import * as tf from '@tensorflow/tfjs-core';
import type { BalanceLossDefinition } from '@tfjs-moe/core';
import { beforeAll, expect, test } from 'vitest';
import { failing } from '../../../core/test/failing.ts';
import { defineBalanceLoss, zLoss } from '../../src/index.ts';
import { testBalanceLoss } from '../../src/testing/index.ts';
import '../backends.ts';

beforeAll(() => tf.setBackend('cpu'));

let made = 0;

/** The tests of the suite that a loss with this value fails. */
function failedBy(value: BalanceLossDefinition['value']): string[] {
  const loss = defineBalanceLoss(`broken${made++}`, (_options: object = {}) => ({
    config: {},
    weight: 1,
    value,
  }));
  return failing((runner) => testBalanceLoss(runner, loss()));
}

test('passes a sound loss', () => {
  expect(failing((runner) => testBalanceLoss(runner, zLoss()))).toEqual([]);
  expect(failedBy((ops) => ops.constant(2))).toEqual([]);
});

test.each<[string, BalanceLossDefinition['value'], string]>([
  ['negative', (ops) => ops.constant(-1), 'is finite and not negative'],
  ['one number per expert', (ops, { logits }) => ops.sumTokens(logits), 'is one number'],
  [
    'partial to the first experts',
    (ops, { logits }) => ops.meanTokens(ops.sumExperts(ops.mul(ops.within(2).softmax(logits), logits))),
    'depends neither on the order of the tokens nor on that of the experts',
  ],
  [
    'dependent on the number of rows, padding included',
    (ops, { logits }) => ops.constant((logits as { tokens?: number }).tokens ?? 1),
    'does not see padding',
  ],
  [
    'undefined without tokens',
    (ops, { probabilities }) => {
      const sums = ops.sumTokens(probabilities);
      return ops.sumExperts(ops.div(sums, ops.sumExperts(sums)));
    },
    'is finite and not negative when all is padding',
  ],
  [
    'another number on tensors',
    (ops, { logits }) => ops.constant('dataId' in (logits as object) ? 1 : 2),
    'is the same on tensors',
  ],
  [
    'without a gradient that it should have',
    (ops, { logits }) => ops.meanTokens(ops.sumExperts(ops.stopGradient(ops.mul(logits, logits)))),
    'has the gradient of central differences',
  ],
])('a loss that is %s is caught', (_name, value, name) => {
  expect(failedBy(value)).toContain(name);
});

test('a promise for one expert is held against the loss', () => {
  const promised = failing((runner) => testBalanceLoss(runner, zLoss(), { atOneExpert: 0 }));
  expect(promised).toEqual(['is 0 for one expert']);
});
