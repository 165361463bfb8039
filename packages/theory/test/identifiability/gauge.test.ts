import { defineGate } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { identifiability } from '@tfjs-moe/theory';
import { expect, test } from 'vitest';

const expert = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const { params } = softmax();

/** Weights in proportion to softplus of the logits less their mean: they do not see a common shift, and say so nowhere. */
const centred = defineGate('centred', (power: number = 1) => ({
  config: { power },
  params,
  expertsPerToken: (experts) => experts,
  route(ops, x, p, { experts }) {
    const logits = ops.add(ops.dot(x, p['router/kernel'] as never), p.bias as never);
    const mean = ops.mul(ops.constant(1 / experts), ops.sumExperts(logits));
    const rest = power === 1 ? ops.sub(logits, mean) : ops.mul(logits, logits);
    const positive = ops.activation('softplus', rest);
    const weights = ops.div(positive, ops.sumExperts(positive));
    const choices = [ops.greater(weights, ops.constant(-1))];
    return { logits, scores: logits, probabilities: weights, choices, weights };
  },
}));

test('of a gate of unknown form the gauge is found in the Jacobian, and the rest is asked modulo it', () => {
  const { firstOrder, secondOrder } = identifiability({ gate: centred(), expert, inputDim: 1, experts: 2 });
  expect(firstOrder.verdict).toBe('independent');
  expect(firstOrder.notes).toContain(
    'gauge found, not declared: all copies of router/kernel, and all of bias may move together',
  );
  expect(secondOrder.verdict).toBe('inconclusive');
});

test('and no gauge is found where there is none', () => {
  const { firstOrder } = identifiability({ gate: centred(2), expert, inputDim: 1, experts: 2 });
  expect(firstOrder.notes).toEqual([]);
  expect(firstOrder.verdict).not.toBe('dependent');
});
