import { tableOf } from '@tfjs-moe/core';
import { mixtureOfDepths } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits } from './given-logits.ts';
import { golden } from './golden-cases.ts';

const runner = { describe, test };
testGate(runner, mixtureOfDepths({ capacity: 0.5 }), { experts: 1, signedWeights: true });
testGate(runner, mixtureOfDepths({ capacity: 0.3, per: 'batch' }), { experts: 3, signedWeights: true });
testGate(runner, mixtureOfDepths({ capacity: 0.3, evaluation: 'positive' }), { signedWeights: true });

describe('mixtureOfDepths', () => {
  const { in: given, out } = golden.mixture_of_depths;
  const scores = given.r.map((r: number) => [r]);

  test('has the golden numbers beside a skip connection', () => {
    const gate = mixtureOfDepths({ capacity: given.C / given.r.length });
    const { weights } = routeLogits(gate, scores, { sequences: 1 });
    const y = tableOf(weights).map(([weight], t) => given.x[t] + weight! * 10 * given.x[t]);
    y.forEach((value, t) => {
      expect(value).toBeCloseTo(out.y[t], 12);
    });
  });

  test('can evaluate every token by itself, by the sign of its score', () => {
    const gate = mixtureOfDepths({ evaluation: 'positive' });
    const weights = tableOf(routeLogits(gate, scores).weights).map(([weight]) => [weight! + 0]);
    expect(weights).toEqual(scores.map(([r]: [number]) => [Math.max(r, 0)]));
    expect(gate.readsBatch).toBe('training');
    const training = tableOf(routeLogits(gate, scores, { training: true, sequences: 1 }).weights);
    expect(training.filter(([weight]) => weight !== 0)).toEqual([[2]]);
  });
});
