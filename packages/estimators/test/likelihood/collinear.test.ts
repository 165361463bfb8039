/** An input that depends on others is no degree of freedom, whatever gate and experts make of it. */
import { stream } from '@tfjs-moe/core';
import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { bic, fitMaximumLikelihood, type MaximumLikelihoodOptions } from '../../src/index.ts';

const random = stream(3, 'collinear');
const plain = Array.from({ length: 60 }, () => [4 * random.uniform() - 2, random.normal()]);
const response = plain.map(([a, b]) =>
  random.uniform() < 1 / (1 + Math.exp(-2 * a!)) ? 1 + 2 * a! + b! + random.normal() : random.normal() - a!,
);
const dependent = plain.map(([a, b]) => [a!, 1e3 * (a! - 2 * b! + 7), b!]);
const constant = plain.map(([a, b]) => [a!, b!, 40]);

/** Of two experts and one kind of numbers. */
const isQuick = ({ experts = 2, expert }: Partial<MaximumLikelihoodOptions>) =>
  experts === 2 && expert === undefined;

describe('degrees of freedom know no dependent input', () => {
  const models: [string, Partial<MaximumLikelihoodOptions>][] = [
    ['linear', {}],
    ['a selection', { gate: topK({ k: 1 }) }],
    ['a temperature', { gate: temperature() }],
    ['sigmoids', { gate: sigmoid({ normalize: true }) }],
    ['groups', { gate: hierarchical({ groups: 2 }), experts: 4 }],
    ['a polynomial', { expert: polynomial({ degree: 2 }), experts: 1 }],
    ['a network with kinks', { expert: ffn({ hiddenUnits: [2] }), experts: 1 }],
    ['a network', { expert: ffn({ hiddenUnits: [2], activation: 'tanh' }), experts: 1 }],
    [
      'several responses',
      {
        data: {
          inputs: [],
          response,
          moreResponses: [{ name: 'b', values: response.map((y, i) => (i % 7) - y) }],
        },
      },
    ],
  ];
  test.each(models)('%s', (_, change) => {
    const fit = (inputs: readonly number[][]) =>
      fitMaximumLikelihood({
        gate: softmax(),
        expert: linear(),
        experts: 2,
        starts: 1,
        maxIterations: 4,
        ...change,
        data: { response, ...change.data, inputs },
      });
    const { degreesOfFreedom } = fit(plain);
    for (const inputs of isQuick(change) ? [dependent, constant] : [dependent]) {
      const more = fit(inputs);
      expect(more.degreesOfFreedom).toBe(degreesOfFreedom);
      expect(bic(more)).toBeCloseTo(degreesOfFreedom * Math.log(60) - 2 * more.logLikelihood, 8);
      expect(more.warnings.map(({ reason }) => reason)).toContain('collinear inputs');
    }
  });

  test('an input that a model without a constant can use is not dependent', () => {
    const model = { gate: temperature({ useBias: false }), expert: linear({ useBias: false }), experts: 2 };
    const [two, three] = [plain, dependent].map((inputs) =>
      fitMaximumLikelihood({ ...model, starts: 1, maxIterations: 4, data: { inputs, response } }),
    );
    expect(three!.degreesOfFreedom - two!.degreesOfFreedom).toBe(3);
  });
});
