/** Fits of definitions that say nothing of what they are, against those of the built-in ones that they repeat. */
import { defineGate, stream } from '@tfjs-moe/core';
import { linear, polynomial } from '@tfjs-moe/experts';
import { noisyTopK, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { describe, expect, it } from 'vitest';
import { wrappedExpert, wrappedGate } from '../../../measures/test/wrapped.ts';
import { bic, fitMaximumLikelihood, standardErrors } from '../../src/index.ts';

const random = stream(1);
const inputs = Array.from({ length: 200 }, () => [random.uniform()]);
const response = inputs.map(([x = 0]) => {
  const share = 1 / (1 + Math.exp(20 * (x - 0.5)));
  return (random.uniform() < share ? 2 * x : 3 - 4 * x) + 0.1 * random.normal();
});
const rest = { experts: 2, data: { inputs, response }, starts: 2 };

describe('a fit is the same under the name of somebody else', () => {
  it.each(
    Object.entries({
      softmax: softmax(),
      'softmax without bias': softmax({ useBias: false }),
      temperature: temperature(),
      'fixed temperature': temperature({ learned: false, temperature: 0.5 }),
      'normalised sigmoid': sigmoid({ normalize: true }),
      'top-1': topK({ k: 1 }),
      switch: switchGate(),
      noisy: noisyTopK({ k: 2 }),
    }),
  )('with a gate like %s', (_name, gate) => {
    const [own, other] = [gate, wrappedGate(gate)].map((each) =>
      fitMaximumLikelihood({ ...rest, gate: each, expert: linear() }),
    );
    expect(other!.degreesOfFreedom).toBe(own!.degreesOfFreedom);
    expect(other!.estimates).toEqual(own!.estimates);
    expect(standardErrors(other!)).toEqual(standardErrors(own!));
    expect(other!.warnings).toEqual(own!.warnings);
    expect(bic(other!)).toBe(bic(own!));
  });

  it.each([linear(), linear({ useBias: false }), polynomial({ degree: 2 })])('with an expert', (expert) => {
    const [own, other] = [expert, wrappedExpert(expert)].map((each) =>
      fitMaximumLikelihood({ ...rest, gate: softmax(), expert: each }),
    );
    expect(other!.degreesOfFreedom).toBe(own!.degreesOfFreedom);
    expect(other!.estimates).toEqual(own!.estimates);
    expect(standardErrors(other!)).toEqual(standardErrors(own!));
  });
});

it('a gate whose gauge is unknown says so, and has the rank of the information for degrees of freedom', () => {
  const squares = defineGate('squaredScores', () => {
    const { params, expertsPerToken } = softmax();
    return {
      config: {},
      params,
      expertsPerToken,
      route(ops, x, p) {
        const logits = ops.affine(x, p['router/kernel'] as never, p.bias as never);
        const square = ops.mul(logits, logits);
        const probabilities = ops.div(square, ops.sumExperts(square));
        const choices = [ops.greater(probabilities, ops.constant(-1))];
        return { logits, scores: logits, probabilities, choices, weights: probabilities };
      },
    };
  })();
  const fit = fitMaximumLikelihood({ ...rest, gate: squares, expert: linear() });
  expect(fit.warnings.map(({ reason }) => reason)).toContain('gauge unknown');
  // Of 4 numbers of the gate one is the common scale of all scores.
  expect(fit.degreesOfFreedom).toBe(3 + 4 + 2);
});
