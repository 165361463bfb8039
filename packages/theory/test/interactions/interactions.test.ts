import type { Gate } from '@tfjs-moe/core';
import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, softmax, temperature } from '@tfjs-moe/gates';
import { interactions } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const ridge = (activation: 'gelu' | 'tanh') => ffn({ hiddenUnits: [], activation, outputWeights: false });

describe('the equations of the paper are found', () => {
  test.each([
    ['linear', linear(), 'expert/kernel[0,0]', 'expert/bias[0]'],
    ['gelu', ridge('gelu'), 'expert/layer_1/kernel[0,0]', 'expert/layer_1/bias[0]'],
  ] as const)('(9) for %s: d_beta d_b F = d_a F, at all parameters', (_name, expert, kernel, bias) => {
    const { relations } = interactions({ gate: softmax(), expert, inputDim: 1 });
    const found = relations.find(({ text }) => text === `d_router/kernel[0] d_${bias} F = d_${kernel} F`);
    expect(found).toMatchObject({ constant: true, proof: 'formal ring', kind: 'cross-order' });
  });

  test.each([1, 2])('(15), %i inputs: tau d_tau F = -beta d_beta F', (inputDim) => {
    const { relations, parameters } = interactions({ gate: temperature(), expert: ridge('tanh'), inputDim });
    const found = relations.find(({ left }) => left.text === 'd_temperature[0] F')!;
    expect(found).toMatchObject({ constant: false, proof: 'formal ring' });
    const tau = parameters['temperature[0]']!;
    expect(found.terms).toHaveLength(inputDim);
    found.terms.forEach(({ label, coefficient }, u) => {
      expect(label.text).toBe(`d_router/kernel[${u}] F`);
      if (typeof coefficient === 'number') throw new Error('expected a fraction');
      const value = Number(coefficient.numerator) / Number(coefficient.denominator);
      expect(value).toBeCloseTo(-parameters[`router/kernel[${u}]`]! / tau, 14);
    });
  });

  test('(28): both levels of a hierarchical softmax with a linear expert', () => {
    const { relations } = interactions({ gate: [softmax(), softmax()], expert: linear(), inputDim: 1 });
    const texts = relations.filter(({ constant }) => constant).map(({ text }) => text);
    expect(texts).toContain('d_router_1/kernel[0] d_expert/bias[0] F = d_expert/kernel[0,0] F');
    expect(texts).toContain('d_router_2/kernel[0] d_expert/bias[0] F = d_expert/kernel[0,0] F');
  });
});

test('homogeneity of a polynomial expert ties its first derivatives to itself', () => {
  const { relations, parameters } = interactions({
    gate: softmax(),
    expert: polynomial({ degree: 2 }),
    inputDim: 1,
  });
  const euler = relations.find(({ left }) => left.text === 'd_expert/bias[0] F')!;
  const value = (of: string) => {
    const coefficient = euler.terms.find(({ label }) => label.text === of)?.coefficient;
    if (coefficient === undefined || typeof coefficient === 'number') throw new Error(of);
    return Number(coefficient.numerator) / Number(coefficient.denominator);
  };
  // a d_a F + b d_b F = 2 F
  const [a, b] = [parameters['expert/kernel[0,0]']!, parameters['expert/bias[0]']!];
  expect(value('F')).toBeCloseTo(2 / b, 14);
  expect(value('d_expert/kernel[0,0] F')).toBeCloseTo(-a / b, 14);
});

test('a bounded router interacts with nothing', () => {
  const router = mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });
  const gate = temperature({ router });
  const found = interactions({ gate, expert: ridge('gelu'), inputDim: 1 });
  expect(found).toMatchObject({ verdict: 'independent', relations: [] });
});

test('bad input is refused', () => {
  const expert = linear();
  expect(() => interactions({ gate: expert as unknown as Gate, expert, inputDim: 1 })).toThrow(
    'gate must be',
  );
  expect(() => interactions({ gate: hierarchical({ groups: 2 }), expert, inputDim: 1 })).toThrow(
    'one router',
  );
  expect(() => interactions({ gate: softmax(), expert, inputDim: 0 })).toThrow('inputDim');
});
