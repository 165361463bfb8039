/** What is known, tied or always there, against the same model written as a definition of its own. */
import type { Gate } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import {
  densityIdentifiability,
  type IdentifiabilityOptions,
  identifiability,
  rates,
  reportCard,
} from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const small = { inputDim: 1, experts: 2 } as const;

function verdicts(options: Omit<IdentifiabilityOptions, 'inputDim' | 'experts'> & { experts?: number }) {
  const { firstOrder, secondOrder } = identifiability({ ...small, budget: 1500, ...options });
  return [firstOrder.verdict, secondOrder.verdict];
}

const relationsOf = (options: Omit<IdentifiabilityOptions, 'inputDim' | 'experts'>) => {
  const { firstOrder } = identifiability({ ...small, budget: 1500, ...options });
  return firstOrder.verdict === 'dependent' ? firstOrder.relations.map(({ text }) => text) : [];
};

describe('parameters that are known', () => {
  test('a temperature is a fixed one', () => {
    const asked = { gate: temperature(), expert: gelu };
    expect(verdicts(asked)).toEqual(['dependent', 'dependent']);
    expect(verdicts({ ...asked, known: ['gate/temperature'] })).toEqual(['independent', 'independent']);
    expect(verdicts({ ...asked, gate: temperature({ learned: false }) })).toEqual([
      'independent',
      'independent',
    ]);
    expect(verdicts({ ...asked, known: ['gate/router/kernel'] })[0]).toBe('independent');
  });

  test('one copy of what a gauge moves is another gauge, and no more', () => {
    const asked = { gate: temperature(), expert: gelu };
    const [relation] = relationsOf({ ...asked, known: ['gate/bias#0', 'gate/router/kernel#0'] });
    expect(relation).toMatch(/^d_gate\/temperature\[0\] f = .*kernel\[0\]#1 f .*bias\[0\]#1 f$/);
    expect(relationsOf({ ...asked, known: ['gate/bias#0', 'gate/bias#1'] })).toEqual([]);
  });

  test('a line whose numbers are known cannot come apart in them', () => {
    const asked = { gate: softmax(), expert: linear() };
    expect(verdicts(asked)).toEqual(['independent', 'dependent']);
    expect(verdicts({ ...asked, known: ['expert#0'] })).toEqual(['independent', 'independent']);
    expect(verdicts({ ...asked, known: ['expert/kernel'] })).toEqual(['independent', 'dependent']);
    const { secondOrder } = identifiability({ ...small, ...asked, known: ['expert', 'gate/router'] });
    expect(secondOrder).toMatchObject({ verdict: 'inconclusive' });
    expect('raise' in secondOrder && secondOrder.raise).toContain('atom 1 has no parameter of its own');
  });

  test('a sigmoid is not split where its bias or its router is known', () => {
    const asked = { gate: sigmoid(), expert: gelu };
    expect(verdicts({ ...asked, known: ['gate/bias'] })).toEqual(['independent', 'inconclusive']);
    expect(verdicts({ ...asked, known: ['gate/router/kernel#1'] })[1]).not.toBe('inconclusive');
    expect(verdicts({ ...asked, known: ['gate/router/kernel#0'] })[1]).toBe('inconclusive');
  });

  test('trees and selections know the same', () => {
    const known = ['expert/kernel', 'expert/bias#1'];
    expect(verdicts({ gate: topK({ k: 2 }), expert: linear(), experts: 3, known })[0]).toBe('independent');
    const tree = { gate: hierarchical({ groups: 2 }), expert: gelu, experts: 4, budget: 4000 };
    expect(verdicts({ ...tree, known: ['expert#1', 'gate/outer/bias'] })).toEqual([
      'independent',
      'independent',
    ]);
  });
});

describe('values of what is known', () => {
  const lines = { gate: softmax(), expert: linear() };
  test('are those that the question is about', () => {
    expect(verdicts({ ...lines, known: ['gate/router/kernel'] })[0]).toBe('independent');
    // Two lines with constant weights are one line.
    expect(verdicts({ ...lines, known: ['gate/router/kernel = 0'] })[0]).toBe('dependent');
    const known = ['expert/bias#1 = -2.5', 'gate/router/kernel[0] = 0.75', 'gate/bias=1e-3'];
    const { parameters, firstOrder } = identifiability({ ...small, ...lines, known, budget: 500 });
    expect(parameters.expertParams.bias![1]).toBe(-2.5);
    expect(parameters.gateParams).toEqual({ 'router/kernel': [0.75, 0.75], bias: [1e-3, 1e-3] });
    expect(firstOrder.notes[0]).toContain('expert/bias#1 = -2.5');
  });

  test.each([
    [['gate/bias = '], 'known must hold names such as'],
    [['gate/bias = many'], 'of what is known with a number after ='],
    [['expert/bias = 1', 'expert/bias#0 = 2'], 'known: expert/bias[0]#0 has two values'],
  ])('refuses %j', (known, message) => {
    expect(() => identifiability({ ...small, ...lines, known })).toThrow(message);
  });

  test('are neither outside of a box nor others than the parameters', () => {
    const heated = { ...small, gate: temperature(), expert: linear() };
    expect(() => identifiability({ ...heated, known: ['gate/temperature = -1'] })).toThrow(
      'known: gate/temperature must be positive',
    );
    const law = { ...small, ...lines, known: ['expert/variance = 0.01'], model: { family: 'gaussian' } };
    const { parameters } = densityIdentifiability({ ...law, budget: 50 } as const);
    expect(parameters.expertParams.variance).toEqual([0.01, 0.01]);
    const given = {
      gateParams: { 'router/kernel': [1, 2], bias: [0, 1] },
      expertParams: { kernel: [1, 2], bias: [3, 4] },
    };
    expect(() => identifiability({ ...small, ...lines, ...given, known: ['expert/bias#0 = 1'] })).toThrow(
      'expertParams: bias must be 1, as is known',
    );
  });
});

test('the sets that definitions print are the same, however it is said what is known', () => {
  const printed = (known: readonly string[], gate: Gate = softmax()) => {
    const { literal, weak } = identifiability({ gate, expert: gelu, ...small, known, budget: 400 });
    return [literal, ...(weak ? [weak.pooled] : [])].map(({ verdict, notes }) => [verdict, notes[0]]);
  };
  const asPrinted = 'the set of the definition as it is printed, whatever is known of some parameters';
  const [[verdict]] = printed([]) as [[string]];
  for (const known of [
    ['expert/layer_1/bias'],
    ['expert/layer_1/bias#0', 'expert/layer_1/bias#1'],
    ['gate/bias'],
  ])
    expect(printed(known)).toEqual([[verdict, asPrinted]]);
  const [, [pooled]] = printed([], sigmoid()) as [unknown, [string]];
  expect(printed(['expert/layer_1/bias'], sigmoid())[1]).toEqual([pooled, asPrinted]);
});

test('what is tied is one parameter, which no atom has for its own', () => {
  const asked = { gate: softmax(), expert: linear() };
  const { firstOrder, secondOrder, parameters } = identifiability({
    ...small,
    ...asked,
    tied: ['expert/kernel'],
  });
  expect(parameters.expertParams.kernel).toHaveLength(1);
  expect(firstOrder).toMatchObject({ verdict: 'independent', notes: ['one for all experts: expert/kernel'] });
  expect(secondOrder.verdict === 'dependent' && secondOrder.direction.text).toBe(
    'd_expert/bias[0] d_expert/bias[0] psi1 = 0',
  );
  expect(verdicts({ ...asked, tied: ['expert'] })[0]).toBe('dependent');
});

test('an expert that is always there trades with the others where they add up', () => {
  expect(verdicts({ gate: softmax(), expert: gelu, sharedExperts: 1 })).toEqual([
    'independent',
    'independent',
  ]);
  expect(relationsOf({ gate: softmax(), expert: linear(), sharedExperts: 1 })).toEqual([
    'd_expert/shared/kernel[0,0] f = d_expert/kernel[0,0]#0 f + d_expert/kernel[0,0]#1 f',
    'd_expert/shared/bias[0] f = d_expert/bias[0]#0 f + d_expert/bias[0]#1 f',
  ]);
  expect(verdicts({ gate: softmax(), expert: linear(), sharedExperts: 1, known: ['expert/shared'] })[0]).toBe(
    'independent',
  );
});

test.each([
  [{ known: ['expert/kernal'] }, 'known must name parameters of the model: expert/kernel, expert/bias'],
  [{ known: ['kernel'] }, 'known must hold names such as'],
  [{ known: 'gate' }, 'known must be a list of names'],
  [{ known: ['expert/kernel#7'] }, 'known: there is no #7 of expert/kernel'],
  [{ tied: ['expert/kernel#0'] }, 'what is tied of one atom must be equal to something'],
  [{ tied: ['expert/kernel = gate/bias#0'] }, 'both sides must have as many numbers; they have 2 and 1'],
  [{ tied: ['expert/bias#0 = 2'] }, 'tied must hold names such as'],
  [
    { known: ['gate/bias#0'], tied: ['gate/bias'] },
    'gate/bias[0]#0 is known; what is equal to it is known too',
  ],
  [{ sharedExperts: -1 }, 'sharedExperts must be an integer'],
  [{ gate: sigmoid(), sharedExperts: 1 }, 'its weights are not known to sum to 1'],
])('refuses %j', (wrong, message) => {
  const options = { gate: softmax(), expert: linear(), ...small, ...wrong };
  expect(() => identifiability(options as never)).toThrow(message);
});

test('a card says what was known, promises no rate, and knows the shared experts of a layer', () => {
  const spec = { gate: softmax(), expert: linear(), ...small };
  const card = reportCard(spec, { known: ['expert#0'], budget: 1500 });
  expect(card).toMatchObject({
    // The atom that is known cannot come apart in its line; the other one can.
    standing: 'identifiable if fitted exactly',
    symmetries: [],
    subject: { restriction: ['known, and no parameters: expert#0'] },
    interactions: [],
  });
  expect(card.secondOrder).toMatchObject({ verdict: 'dependent' });
  expect(reportCard(spec, { known: ['expert#0', 'expert#1'], budget: 1500 }).standing).toBe('identifiable');
  expect(reportCard({ ...spec, experts: 3 }, { known: ['expert#0'], budget: 1500 }).symmetries).toEqual([
    'permutations: atoms of which nothing is known change places',
  ]);
  expect(() => reportCard({ ...spec, experts: 16 }, { known: ['expert#12'] })).toThrow(
    'known and tied: a model of 8 experts is judged in place of 16',
  );
  expect(new Set(card.rates.rates.map(({ status }) => status))).toEqual(new Set(['not covered']));
  expect(rates({ ...spec, restricted: true }).rates).toEqual(card.rates.rates);
  const layer = { experts: 2, gate: softmax().config, expert: linear().config, units: 1 };
  const shared = { expert: linear().config, count: 1, gate: 'none', trainable: true };
  const cardOf = (of: object) => reportCard({ ...layer, shared: of } as never, { budget: 1500 });
  expect(cardOf(shared).standing).toBe('not identifiable');
  expect(cardOf({ ...shared, trainable: false }).standing).toBe('identifiable if fitted exactly');
  expect(cardOf({ ...shared, gate: 'sigmoid' }).judged.reduced.join()).toContain(
    'without its 1 shared experts',
  );
});
