import { arrayGateOps, arrayTable, type Routing } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { reMoe, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import golden from '../../../gates/test/golden/golden-gates.json' with { type: 'json' };
import { mixtureOfExperts, sparsityLoss } from '../../src/index.ts';
import { testBalanceLoss } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';

onEveryBackend(() => {
  testBalanceLoss({ describe, test }, sparsityLoss(), {});
});

test('has the golden number', () => {
  const { in: given, out } = golden.remoe;
  const weights = arrayTable(out.weights);
  const table = (data: Float64Array) => ({ ...weights, data });
  const ops = arrayGateOps();
  const routing = {
    weights,
    choices: [table(weights.data.map((weight) => (weight > 0 ? 1 : 0)))],
    coefficient: ops.constant(given.lambda / given.k_target),
  } as unknown as Routing<typeof weights>;
  const loss = sparsityLoss().value(ops, routing, { experts: 8, expertsPerToken: 8 });
  expect(loss.data[0]! / given.lambda).toBeCloseTo(out.l1_unscaled, 10);
});

test('needs the coefficient of a gate, and the layer says so when it is made', () => {
  const layer = (gate: ReturnType<typeof topK>) =>
    mixtureOfExperts({ experts: 4, gate, expert: linear(), units: 1, balance: [sparsityLoss()] });
  expect(() => layer(topK())).toThrow('sparsityLoss: the gate brings no coefficient; use reMoe');
  expect(() => layer(reMoe())).not.toThrow();
});
