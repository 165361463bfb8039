import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import { identifiability, type Verdict } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const ridge = (activation: 'gelu' | 'tanh' | 'sigmoid' | 'relu', useBias = true) =>
  ffn({ hiddenUnits: [], activation, outputWeights: false, useBias });
const direction = normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false, epsilon: 0 });
const router = (outputActivation: 'tanh' | 'relu') => mlpRouter({ hiddenUnits: [], outputActivation });

const relationsOf = (verdict: Verdict) => (verdict.verdict === 'dependent' ? verdict.relations : []);
const ask = (gate: Gate, expert: Expert, inputDim: number, experts: number) =>
  identifiability({ gate, expert, inputDim, experts });

describe('strong identifiability, read literally', () => {
  test.each([
    // Per atom: d(d-1)/2 duplicates x_u d_(a_v) h = x_v d_(a_u) h, and with a bias d times d_(a_u) h = x_u d_b h.
    ['tanh', ridge('tanh'), 1, 1, 1],
    ['tanh', ridge('tanh'), 1, 2, 2],
    ['tanh', ridge('tanh'), 1, 3, 3],
    ['gelu', ridge('gelu'), 2, 1, 3],
    ['gelu', ridge('gelu'), 2, 2, 6],
    ['sigmoid', ridge('sigmoid'), 2, 3, 9],
    ['sigmoid', ridge('sigmoid'), 4, 1, 10],
    ['sigmoid', ridge('sigmoid'), 8, 1, 36],
    // Without the bias only the duplicates are left.
    ['gelu without bias', ridge('gelu', false), 1, 2, 0],
    ['gelu without bias', ridge('gelu', false), 2, 2, 2],
    // Of the direction: the duplicates, and sum_u d_(a_u)^2 h = d_b^2 h.
    ['direction', direction, 2, 1, 2],
  ] as const)(
    '%s, %i inputs, %i experts: %i structural relations and a proof that there are no more',
    (_name, expert, inputDim, experts, count) => {
      const { literal } = ask(softmax(), expert, inputDim, experts);
      expect(literal.definition).toBe('strong identifiability');
      expect(relationsOf(literal)).toHaveLength(count);
      expect(relationsOf(literal).every(({ proof }) => proof === 'formal ring')).toBe(true);
      expect(literal.verdict).toBe(count === 0 ? 'independent' : 'dependent');
      const rest = literal.verdict === 'dependent' ? literal.rest : literal;
      expect(rest).toHaveProperty('sigmaMin');
    },
  );

  test('relations by name and kind', () => {
    const texts = (expert: Expert, inputDim: number) =>
      relationsOf(ask(softmax(), expert, inputDim, 1).literal).map(({ text, kind }) => `${text} (${kind})`);
    expect(texts(ridge('gelu'), 1)).toContain(
      'x_1 d_layer_1/bias[0] h1 = d_layer_1/kernel[0,0] h1 (cross-order)',
    );
    expect(texts(ridge('gelu', false), 2)).toEqual([
      'x_2 d_layer_1/kernel[0,0] h1 = x_1 d_layer_1/kernel[1,0] h1 (same-order duplicate)',
    ]);
    expect(texts(linear(), 1)).toContain('d_bias[0] d_bias[0] h1 = 0 (zero function)');
    const [duplicate] = relationsOf(ask(softmax(), ridge('gelu', false), 2, 1).literal);
    expect(duplicate?.latex).toBe(
      'x_{2}\\,\\partial_{\\mathtt{layer\\_1/kernel[0,0]}}\\,h_{1} = x_{1}\\,\\partial_{\\mathtt{layer\\_1/kernel[1,0]}}\\,h_{1}',
    );
  });
});

describe('algebraic independence of router and expert', () => {
  test('a bounded router and gelu of one input', () => {
    const { literal } = ask(temperature({ router: router('tanh') }), ridge('gelu'), 1, 2);
    expect(literal).toMatchObject({ verdict: 'independent', definition: 'algebraic independence' });
  });

  test('a linear router is linear in its own parameters', () => {
    const { literal } = ask(temperature(), ridge('gelu'), 1, 1);
    const texts = relationsOf(literal).map(({ text }) => text);
    expect(texts).toContain('(d_kernel[0] d_kernel[0] pi) h1 = 0');
    expect(texts.some((text) => /^\(d_kernel\[0\] pi\) h1 = -?[\d/]* ?pi h1$/.test(text))).toBe(true);
  });
});

describe('first order: the Jacobian without its gauge', () => {
  const experts = [
    ['linear', linear()],
    ['gelu', ridge('gelu')],
    ['relu', ridge('relu')],
    ['constant', constant()],
    ['polynomial', polynomial({ degree: 2 })],
  ] as const;
  const independent = [
    ['softmax', softmax()],
    ['sigmoid', sigmoid()],
    ['temperature, bounded router', temperature({ router: router('tanh') })],
    ['hierarchical', hierarchical({ groups: 2 })],
  ] as const;

  test.each(
    independent.flatMap(([name, gate]) => experts.map(([of, expert]) => ({ name, gate, of, expert }))),
  )('$name, $of: independent', ({ gate, expert }) => {
    const { firstOrder } = ask(gate, expert, 1, 2);
    expect(firstOrder.verdict).toBe('independent');
  });

  test.each(experts)('temperature with a linear router, %s: one relation, proved', (_name, expert) => {
    for (const inputDim of [1, 2]) {
      const [relation, ...others] = relationsOf(ask(temperature(), expert, inputDim, 2).firstOrder);
      expect(others).toEqual([]);
      expect(relation?.proof).toBe('formal ring');
      // The scale of all scores and of the temperature, and nothing of the experts.
      const names = [relation!.left, ...relation!.terms.map(({ label }) => label)].map(({ text }) => text);
      expect(names.every((text) => text.startsWith('d_gate/'))).toBe(true);
      expect(names).toContain('d_gate/temperature[0] f');
    }
  });

  test('a router that ends with relu is no better than a linear one', () => {
    const { firstOrder } = ask(temperature({ router: router('relu') }), ridge('gelu'), 2, 2);
    expect(firstOrder.verdict).toBe('dependent');
  });

  test('linear experts behind identical gates', () => {
    const gateParams = { 'router/kernel': [0.5, 0.5], bias: [0.25, 0.25] };
    const { firstOrder } = identifiability({
      gate: sigmoid(),
      expert: linear(),
      inputDim: 1,
      experts: 2,
      gateParams,
      expertParams: { kernel: [1, -0.5], bias: [0.5, 2] },
    });
    expect(firstOrder.verdict).toBe('dependent');
  });
});

test('verdicts do not change under relabelling of atoms or translation of the gauge', () => {
  const base = { gate: softmax(), expert: ridge('gelu'), inputDim: 1, experts: 2 };
  const verdicts = [
    { 'router/kernel': [0.5, -0.25], bias: [0.125, 1] },
    { 'router/kernel': [-0.25, 0.5], bias: [1, 0.125] },
    { 'router/kernel': [2.5, 1.75], bias: [3.125, 4] },
  ].map((gateParams, i) => {
    const order = <T>(values: readonly [T, T]) => (i === 1 ? [values[1], values[0]] : values);
    const expertParams = { 'layer_1/kernel': order([1, -0.75]), 'layer_1/bias': order([0.25, 0.5]) };
    const { firstOrder, literal } = identifiability({ ...base, gateParams, expertParams });
    return [firstOrder.verdict, literal.verdict, relationsOf(literal).length];
  });
  expect(verdicts).toEqual([verdicts[0], verdicts[0], verdicts[0]]);
  expect(verdicts[0]).toEqual(['independent', 'dependent', 2]);
});

test('configs and kinds are as good as objects', () => {
  const sizes = { inputDim: 1, experts: 2 };
  const asked = identifiability({ ...sizes, gate: softmax(), expert: linear() });
  const { firstOrder, parameters } = identifiability({
    ...sizes,
    gate: { kind: 'softmax' },
    expert: 'linear',
  });
  expect([firstOrder, parameters]).toEqual([asked.firstOrder, asked.parameters]);
});

test('bad input is refused', () => {
  const base = { gate: softmax(), expert: linear(), inputDim: 1, experts: 2 };
  const expertParams = { kernel: [1, 1], bias: [0, 0] };
  const gateParams = { 'router/kernel': [1, 1], bias: [0, 0] };
  expect(() => identifiability({ ...base, experts: 0 })).toThrow('experts must be an integer of at least 1');
  expect(() => identifiability({ ...base, inputDim: 0 })).toThrow('inputDim must be');
  expect(() => identifiability({ ...base, gate: linear() as unknown as Gate })).toThrow(
    '[tfjs-moe] identifiability: gate: expected a gate, got the expert "linear"',
  );
  expect(() => identifiability({ ...base, gateParams })).toThrow('together');
  expect(() => identifiability({ ...base, gateParams, expertParams })).toThrow('two are equal');
  const broken = { ...expertParams, bias: [Number.NaN, 0] };
  expect(() => identifiability({ ...base, gateParams, expertParams: broken })).toThrow('must be finite');
});
