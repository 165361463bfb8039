import { defineExpert, type Expert, type ExpertDefinition, type ExpertTraits } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';
import { failing } from '../../../core/test/failing.ts';

/** The tests that fail when an expert says something else of itself. */
function told(of: Expert, traits: ExpertTraits, change: Partial<ExpertDefinition> = {}): string[] {
  const { kind: _, ...config } = of.config;
  const expert = defineExpert('liar', () => ({ ...of, config, ...change, traits }))();
  return failing((runner) => testExpert(runner, expert));
}

const form = 'form: the output is what it says';
const linearity = 'linearIn: the output is linear in the parameters named';
const completeness = 'linearIn: is said where the form is linear';
const unitsTest = 'units: changing places, signs and scales changes no output';

const ridge = (activation: 'gelu' | 'relu' | 'tanh' | 'identity') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });
const direction = (epsilon: number) =>
  normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false, epsilon });
const deep = (activation: 'gelu' | 'relu' | 'tanh' | 'sigmoid' | 'identity') =>
  ffn({ hiddenUnits: [3, 2], activation });
const own = ['layer_1/kernel', 'layer_1/bias'];
const first = (expert: Expert) => expert.traits!.units![0]!;

const bump: Expert = defineExpert('bump', () => ({
  config: {},
  params: (inputDim, units) => ({
    center: { shape: [inputDim], initializer: { kind: 'randomNormal', stddev: 1 } },
    height: { shape: [units], initializer: { kind: 'ones' } },
  }),
  apply: (ops, x, p) => {
    const offset = ops.sub(x, p.center);
    return ops.mul(ops.exp(ops.mul(ops.constant(-1), ops.dot(offset, offset))), p.height);
  },
}))();

test('testExpert refuses traits of another shape, and asks nothing else of them', () => {
  const traits = { linearIn: 'height' } as unknown as ExpertTraits;
  expect(told(bump, traits)).toEqual(['are of a known shape']);
});

describe('testExpert on the traits of an expert', () => {
  test.each([
    ['linear', linear()],
    ['linear without bias', linear({ useBias: false })],
    ['constant', constant()],
    ['a square', polynomial()],
    ['a cube', polynomial({ degree: 3 })],
    ['degree 1', polynomial({ degree: 1 })],
    ['a ridge', ridge('gelu')],
    ['a relu ridge', ridge('relu')],
    ['no activation', ridge('identity')],
    ['a ridge of the direction', direction(1e-6)],
    ['a ridge of a damped direction', direction(0.5)],
    ['tanh units', deep('tanh')],
    ['sigmoid units', deep('sigmoid')],
    ['sigmoid units without biases', ffn({ hiddenUnits: 3, activation: 'sigmoid', useBias: false })],
    ['relu units', deep('relu')],
    ['linear units', deep('identity')],
    ['units that end with an activation', ffn({ hiddenUnits: 3, activation: 'tanh', outputWeights: false })],
    ['normalised relu units', normalizedFfn({ hiddenUnits: 3 })],
    ['SwiGLU', gatedFfn({ hiddenUnits: 3 })],
    ['gated tanh units', gatedFfn({ hiddenUnits: 3, activation: 'tanh', useBias: true })],
    ['gated relu units', gatedFfn({ hiddenUnits: 3, activation: 'relu' })],
    ['gated sigmoid units', gatedFfn({ hiddenUnits: 3, activation: 'sigmoid', useBias: true })],
  ])('believes the truth: %s', (_, expert) => {
    expect(told(expert, expert.traits!)).toEqual([]);
  });

  test('believes an expert of ones own', () => {
    expect(told(bump, { linearIn: ['height'] })).toEqual([]);
  });

  test.each([
    ['no bias', linear(), { of: 'input', kernel: 'kernel' }],
    ['a bias alone', linear(), { of: 'nothing', bias: 'bias' }],
    ['an input that is not seen', constant(), { of: 'input', kernel: 'value' }],
    ['a parameter that is not there', linear(), { of: 'input', kernel: 'weight', bias: 'bias' }],
    ['parameters of other shapes', linear(), { of: 'input', kernel: 'bias', bias: 'bias' }],
    ['another degree', polynomial(), { of: 'input', kernel: 'kernel', bias: 'bias', degree: 3 }],
    ['an even power as its activation', polynomial(), { of: 'input', kernel: 'kernel', bias: 'bias' }],
    ['another activation', ridge('gelu'), { ...ridge('gelu').traits?.form, activation: 'relu' }],
    ['the input for its direction', direction(0.1), { ...direction(0.1).traits?.form, of: 'input' }],
    ['another epsilon', direction(0.5), direction(0).traits?.form],
    [
      'the last layer for the only one',
      deep('gelu'),
      { of: 'input', kernel: 'layer_3/kernel', bias: 'layer_3/bias' },
    ],
  ] as [string, Expert, ExpertTraits['form']][])('refuses the form with %s', (_, expert, value) => {
    expect(told(expert, { form: value, linearIn: expert.traits?.linearIn })).toContain(form);
  });

  test.each([
    ['hidden kernels', deep('tanh'), own],
    [
      'two layers together',
      ffn({ hiddenUnits: 3, activation: 'identity' }),
      ['layer_1/kernel', 'layer_2/kernel'],
    ],
    ['what relu makes of it', ridge('relu'), own],
    ['a kernel without its bias', linear(), ['kernel']],
    ['a centre', bump, ['center']],
    ['a parameter that is not there', bump, ['width']],
    ['nothing', bump, []],
  ] as [string, Expert, string[]][])('refuses linearity in %s', (_, expert, linearIn) => {
    expect(told(expert, { linearIn })).toEqual([linearity]);
  });

  test('misses linearity where the form has it', () => {
    expect(told(linear(), { form: linear().traits?.form })).toEqual([completeness]);
  });

  test.each([
    ['signs of an odd power', polynomial({ degree: 3 }), first(polynomial())],
    ['places of outputs', linear(), { incoming: ['kernel'], outgoing: ['bias'] }],
    ['signs of gelu', deep('gelu'), first(deep('tanh'))],
    ['scales of tanh', deep('tanh'), first(deep('relu'))],
    ['signs of relu', deep('relu'), { ...first(deep('relu')), signs: first(deep('tanh')).signs }],
    ['signs of sigmoids without a constant', deep('sigmoid'), first(deep('tanh'))],
    ['a constant for tanh', deep('tanh'), first(deep('sigmoid'))],
    [
      'signs of the activated factor',
      gatedFfn({ hiddenUnits: 3 }),
      first(gatedFfn({ hiddenUnits: 3, activation: 'tanh' })),
    ],
    [
      'units without the second factor',
      gatedFfn({ hiddenUnits: 3 }),
      { incoming: ['kernel_gate'], outgoing: ['kernel_down'] },
    ],
    ['the wrong axis', deep('gelu'), { incoming: ['layer_2/kernel'], outgoing: ['layer_2/kernel'] }],
    ['a parameter that is not there', linear(), { incoming: ['weight'], outgoing: [] }],
  ] as [string, Expert, NonNullable<ExpertTraits['units']>[number]][])('refuses %s', (_, expert, units) => {
    expect(told(expert, { units: [units] })).toEqual([unitsTest]);
  });
});
