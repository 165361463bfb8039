/** The questions besides first order and literal sets, and what can be asked at all. */
import { defineExpert, type Expert, type Gate } from '@tfjs-moe/core';
import { constant, ffn, linear, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, hierarchical, noisyTopK, sigmoid, softmax, switchGate, topK } from '@tfjs-moe/gates';
import { identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const ridge = (activation: 'gelu' | 'tanh') => ffn({ hiddenUnits: [], activation, outputWeights: false });
const base = { gate: softmax(), expert: ridge('gelu'), inputDim: 1, experts: 2 };

describe('weak identifiability under a sigmoid gate', () => {
  test.each([
    // Pooled, the derivatives of two atoms are the same functions (K9); behind distinct gates they are not.
    ['linear', linear(), 'dependent'],
    ['polynomial', polynomial({ degree: 2 }), 'dependent'],
    ['constant', constant(), 'dependent'],
    ['gelu', ridge('gelu'), 'independent'],
    ['tanh', ridge('tanh'), 'independent'],
  ] as const)('%s', (_name, expert, pooled) => {
    const { weak } = identifiability({ ...base, gate: sigmoid(), expert });
    expect(weak?.pooled).toMatchObject({ verdict: pooled, definition: 'weak identifiability, pooled' });
    expect(weak?.jacobian).toMatchObject({
      verdict: 'independent',
      definition: 'weak identifiability, Jacobian',
    });
  });

  test('constants behind identical gates', () => {
    const { weak } = identifiability({
      ...base,
      gate: sigmoid(),
      expert: constant(),
      gateParams: { 'router/kernel': [0.5, 0.5], bias: [0.25, 0.25] },
      expertParams: { value: [1, -0.5] },
    });
    expect(weak?.jacobian.verdict).toBe('dependent');
  });

  test('is asked of sigmoid gates alone', () => {
    expect(identifiability(base)).not.toHaveProperty('weak');
  });
});

describe('gates that select: the gauge of the softmax that they divide by', () => {
  test.each([
    ['top-2', topK({ k: 2 })],
    ['top-1', topK({ k: 1 })],
    ['top-2, weights not divided', topK({ k: 2, renormalize: 'never' })],
    ['top-2, selected without the bias', topK({ k: 2, biasInSelection: false })],
    ['noisy top-2', noisyTopK({ k: 2 })],
    ['switch', switchGate()],
  ] as const)('%s', (_name, gate) => {
    const { firstOrder } = identifiability({ ...base, gate, experts: 3, inputDim: 2 });
    expect(firstOrder.verdict).toBe('independent');
    expect(firstOrder.notes[0]).toContain('the gate selects');
    expect(firstOrder.notes.join()).not.toContain('never selected');
  });

  test('hierarchical, of a top-1 within groups', () => {
    const gate = hierarchical({ groups: 2, inner: topK({ k: 1 }) });
    const { firstOrder, secondOrder } = identifiability({ ...base, gate, experts: 4, inputDim: 2 });
    expect(firstOrder.verdict).toBe('independent');
    expect(secondOrder).toMatchObject({ verdict: 'inconclusive', bits: 0 });
  });

  test('relations with selections are proved for all regions', () => {
    const gate = topK({ k: 1, weighting: softmax({ router: cosineRouter({ learned: false }) }) });
    const { firstOrder } = identifiability({ ...base, gate, inputDim: 2 });
    const relations = firstOrder.verdict === 'dependent' ? firstOrder.relations : [];
    expect(relations.map(({ proof, knownAs }) => [proof, knownAs])).toEqual([
      ['formal ring', 'router scale'],
      ['formal ring', 'router scale'],
    ]);
  });

  test('an atom that is never selected is named', () => {
    const { firstOrder } = identifiability({
      ...base,
      gate: topK({ k: 1 }),
      gateParams: { 'router/kernel': [0.5, 0.5], bias: [0, -9] },
      expertParams: { 'layer_1/kernel': [1, 0.5], 'layer_1/bias': [0, 1] },
    });
    expect(firstOrder.notes.join()).toContain('never selected at 400 inputs: atom 2');
  });
});

test('a unit that few inputs activate is no zero function', () => {
  // The kink is at 2.25: forty standard normal inputs often miss it.
  const { firstOrder } = identifiability({
    ...base,
    expert: ffn({ hiddenUnits: 1, activation: 'relu' }),
    gateParams: { 'router/kernel': [-0.25, 0.25], bias: [0.125, 0.75] },
    expertParams: {
      'layer_1/kernel': [-1.25, 0.5],
      'layer_1/bias': [-0.875, -1.125],
      'layer_2/kernel': [0.75, -1.375],
      'layer_2/bias': [0.875, -0.125],
    },
  });
  const relations = firstOrder.verdict === 'dependent' ? firstOrder.relations : [];
  expect(relations.map(({ knownAs }) => knownAs)).toEqual(['inner scale', 'inner scale']);
});

describe('parameters that float64 cannot hold', () => {
  const of = (kernel: readonly number[], bias: readonly number[]) =>
    identifiability({
      ...base,
      gateParams: { 'router/kernel': kernel, bias },
      expertParams: { 'layer_1/kernel': [1, 2], 'layer_1/bias': [0, 0.5] },
    });

  test('a mass of e^-800 is not taken for none', () => {
    expect(of([1, 2], [-800, 0]).firstOrder.verdict).toBe('inconclusive');
  });

  test('weights that overflow: an answer, and no claim', () => {
    const { firstOrder, secondOrder } = of([1e300, 1], [0, 0]);
    expect([firstOrder.verdict, secondOrder.verdict]).toEqual(['inconclusive', 'inconclusive']);
  });
});

describe('what cannot be asked', () => {
  const gateParams = { 'router/kernel': [1, -1], bias: [0, 0] };
  const expertParams = { 'layer_1/kernel': [1, 2], 'layer_1/bias': [0, 0] };

  test.each([
    ['layerExperts', { role: 'layerExperts', create: () => undefined }],
    ['the config of a saved model', { kind: 'layers', layers: [] }],
    ['a function', () => 0],
  ])('%s: an escape hatch', (_name, expert) => {
    expect(() => identifiability({ ...base, expert: expert as unknown as Expert })).toThrow(
      /\[tfjs-moe\] identifiability: an expert made of layers cannot be judged: .* definition over Ops; write it with defineExpert/,
    );
  });

  test.each([
    ['mixedExperts', { role: 'mixedExperts', parts: [] }],
    ['the config of a saved model', { kind: 'mixed', parts: [] }],
  ])('%s: experts of several definitions', (_name, expert) => {
    expect(() => identifiability({ ...base, expert: expert as unknown as Expert })).toThrow(
      '[tfjs-moe] identifiability: experts of several definitions cannot be judged together',
    );
  });

  test('definitions that are not over Ops', () => {
    const noApply = { ...ridge('gelu'), apply: undefined } as unknown as Expert;
    expect(() => identifiability({ ...base, expert: noApply })).toThrow('the expert ffn cannot be judged');
    const noRoute = { ...softmax(), route: undefined } as unknown as Gate;
    expect(() => identifiability({ ...base, gate: noRoute })).toThrow('the gate softmax cannot be judged');
    const outside = defineExpert('questionsOutside', () => ({
      config: {},
      params: () => ({ scale: { shape: [1] as const, initializer: { kind: 'ones' as const } } }),
      apply: <V>(_ops: unknown, x: V) => (x as unknown as { relu(): V }).relu(),
    }));
    expect(() => identifiability({ ...base, expert: outside() })).toThrow(
      /softmax with questionsOutside cannot be judged: .*relu is not a function/,
    );
  });

  test.each([
    ['no experts', { experts: 0 }, 'experts must be an integer of at least 1'],
    ['nothing over-specified', { overSpecified: [] }, 'overSpecified must name at least one atom'],
    ['an atom twice', { overSpecified: [0, 0] }, 'none twice'],
    ['an atom that is not there', { overSpecified: [2] }, 'overSpecified must be an integer between 0 and 1'],
    ['no list', { overSpecified: 0 }, 'overSpecified must be a list'],
    ['no time', { budget: 0 }, 'budget must be'],
    [
      'not a number',
      { gateParams, expertParams: { ...expertParams, 'layer_1/bias': [0, Number.NaN] } },
      'must be finite',
    ],
    [
      'equal atoms',
      {
        gateParams: { ...gateParams, 'router/kernel': [1, 1] },
        expertParams: { 'layer_1/kernel': [1, 1], 'layer_1/bias': [0, 0] },
      },
      'two are equal',
    ],
    [
      'atoms of unequal mass alone',
      {
        gateParams: { 'router/kernel': [1, 1], bias: [0, 1] },
        expertParams: { 'layer_1/kernel': [1, 1], 'layer_1/bias': [0, 0] },
      },
      'two are equal',
    ],
  ])('%s', (_name, options, message) => {
    expect(() => identifiability({ ...base, ...(options as object) })).toThrow(message);
  });
});

test('a budget that is too small for any question', () => {
  const answer = identifiability({ ...base, inputDim: 8, experts: 4, budget: 1 });
  for (const { verdict } of [answer.firstOrder, answer.secondOrder]) expect(verdict).toBe('inconclusive');
  expect(answer.secondOrder).toMatchObject({ raise: expect.stringContaining('budget') });
});
