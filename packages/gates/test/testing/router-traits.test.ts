import {
  type Coordinates,
  defineRouter,
  type Router,
  type RouterDefinition,
  type RouterTraits,
} from '@tfjs-moe/core';
import { cosineRouter, euclideanRouter, linearRouter, mlpRouter } from '@tfjs-moe/gates';
import { testRouter } from '@tfjs-moe/gates/testing';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { failing } from '../../../core/test/failing.ts';

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

/** The tests that fail when a router says something else of itself. */
function told(of: Router, traits: RouterTraits, change: Partial<RouterDefinition> = {}): string[] {
  const { kind: _, ...config } = of.config;
  const router = defineRouter('liar', () => ({ ...of, config, ...change, traits }))();
  return failing((runner) => testRouter(runner, router));
}

const form = 'form: the score ends as it says';
const homogeneous = (names: string[]) => `homogeneous: the score scales with ${names.join(', ')}`;
const shifts = (name: string) => `shifts: a common move of ${name} changes all scores alike, up to offsets`;
const coordinates = 'coordinates: the score is linear in them, with features of which none is to spare';
const units = 'units: changing places, signs and scales changes no score';

const linear = linearRouter();
const cosine = cosineRouter();
const euclidean = euclideanRouter({ scale: 1.5 });
const wide = { hiddenUnits: [3, 2] } as const;
const geluNet = mlpRouter(wide);
const tanhNet = mlpRouter({ ...wide, activation: 'tanh' });
const sigmoidNet = mlpRouter({ ...wide, activation: 'sigmoid' });
const hidden = (of: Router) => of.traits!.units![0]!;

const biased: Router = defineRouter('biased', () => ({
  config: {},
  params: (inputDim) => ({
    kernel: { shape: [inputDim], initializer: { kind: 'glorotNormal' } },
    level: { shape: [1], initializer: { kind: 'zeros' } },
  }),
  logit: (ops, x, p) => ops.activation('silu', ops.add(ops.dot(x, p.kernel), p.level)),
}))();

test('testRouter refuses traits of another shape, and asks nothing else of them', () => {
  expect(told(linear, { linear: true } as RouterTraits)).toEqual(['are of a known shape']);
});

describe('testRouter on the traits of a router', () => {
  test.each([
    ['linear', linear],
    ['cosine', cosine],
    ['Euclidean', euclidean],
    ['tanh units', tanhNet],
    ['sigmoid units', sigmoidNet],
    ['relu units', mlpRouter({ ...wide, activation: 'relu' })],
    ['linear units', mlpRouter({ ...wide, activation: 'identity', outputActivation: 'identity' })],
    ['shared features, linear end', mlpRouter({ ...wide, shared: true, outputActivation: 'identity' })],
    ['a relu end', mlpRouter({ ...wide, outputActivation: 'relu' })],
    ['a gelu end', mlpRouter({ ...wide, outputActivation: 'gelu' })],
    ['a sigmoid end', mlpRouter({ ...wide, outputActivation: 'sigmoid' })],
    ['a softplus end, without hidden units', mlpRouter({ hiddenUnits: [], outputActivation: 'softplus' })],
  ])('believes the truth: %s', (_, router) => {
    expect(told(router, router.traits!)).toEqual([]);
  });

  test('believes a bias of the router', () => {
    const own: RouterTraits['form'] = { of: 'input', kernel: 'kernel', bias: 'level', activation: 'silu' };
    expect(told(biased, { form: own })).toEqual([]);
    expect(told(biased, { form: { ...own, of: 'features' } })).toEqual([]);
  });

  test.each([
    ['a kernel that is not there', linear, { of: 'input', kernel: 'weight' }],
    ['an activation that is not there', linear, { of: 'input', kernel: 'kernel', activation: 'tanh' }],
    ['no activation where one is', mlpRouter({ hiddenUnits: [] }), { of: 'input', kernel: 'layer_1/kernel' }],
    ['the input where features are', geluNet, { of: 'input', kernel: 'layer_3/kernel', activation: 'tanh' }],
    ['a cosine as linear', cosine, { of: 'input', kernel: 'kernel' }],
    [
      'a hidden kernel as the last',
      geluNet,
      { of: 'features', kernel: 'layer_1/kernel', activation: 'tanh' },
    ],
    [
      'gelu for silu',
      mlpRouter({ ...wide, outputActivation: 'silu' }),
      { of: 'features', kernel: 'layer_3/kernel', activation: 'gelu' },
    ],
    ['sigmoid for tanh', geluNet, { of: 'features', kernel: 'layer_3/kernel', activation: 'sigmoid' }],
    ['no bias where one is', biased, { of: 'input', kernel: 'kernel', activation: 'silu' }],
    ['no bias among features', biased, { of: 'features', kernel: 'kernel', activation: 'silu' }],
    ['a bias that is none', euclidean, { of: 'features', kernel: 'center' }],
  ] as [string, Router, RouterTraits['form']][])('refuses the form %s', (_, router, value) => {
    expect(told(router, { form: value })).toEqual([form]);
  });

  test.each([
    ['a bounded score', geluNet, { parameters: ['layer_3/kernel'], degree: 1 }],
    ['another degree', linear, { parameters: ['kernel'], degree: 2 }],
    ['a length that matters', cosineRouter({ epsilon1: 0.1 }), { parameters: ['kernel'], degree: 0 }],
    [
      'too few parameters',
      mlpRouter({ ...wide, outputActivation: 'identity' }),
      { parameters: ['layer_2/kernel'], degree: 1 },
    ],
    ['a parameter that is not there', linear, { parameters: ['weight'], degree: 1 }],
    ['no parameter', linear, { parameters: [], degree: 0 }],
  ] as [string, Router, { parameters: string[]; degree: number }][])(
    'refuses homogeneity: %s',
    (_, router, value) => {
      expect(told(router, { homogeneous: [value] })).toEqual([homogeneous(value.parameters)]);
    },
  );

  const perturbed = cosineRouter({ epsilon1: 0.3, epsilon2: 0.1 });
  test.each([
    ['the kernel of a cosine', cosine, { of: ({ kernel }) => kernel! }],
    ['the direction, where a length is left', perturbed, cosine.traits!.coordinates!],
    ['another perturbation', perturbed, cosineRouter({ epsilon1: 0.2 }).traits!.coordinates!],
    ['centres without their offsets', euclidean, { of: ({ center }) => [...center!, 1] }],
    [
      'centres without what all share',
      euclidean,
      { ...euclidean.traits!.coordinates!, of: ({ center }) => center! },
    ],
    [
      'an offset whose feature is the input',
      linear,
      { of: ({ kernel }) => kernel!.slice(1), offset: ({ kernel }) => kernel![0]! },
    ],
    ['one too many', linear, { of: ({ kernel }) => [...kernel!, kernel![0]! ** 2] }],
    ['one twice', linear, { of: ({ kernel }) => [...kernel!, kernel![0]!] }],
    ['one too few', linear, { of: ({ kernel }) => kernel!.slice(1) }],
    ['none', linear, { of: () => [] }],
    ['a list that grows', linear, { of: ({ kernel }) => (kernel![0]! > 0 ? kernel! : [...kernel!, 1]) }],
    ['a bounded score as linear', mlpRouter({ hiddenUnits: [] }), { of: (own) => own['layer_1/kernel']! }],
    [
      'features that differ',
      mlpRouter({ ...wide, outputActivation: 'identity' }),
      { of: (own) => own['layer_3/kernel']! },
    ],
    [
      'features that depend on each other',
      mlpRouter({ hiddenUnits: 4, shared: true, activation: 'identity', outputActivation: 'identity' }),
      { of: (own) => own['layer_2/kernel']! },
    ],
  ] as [string, Router, Coordinates][])('refuses coordinates: %s', (_, router, value) => {
    expect(told(router, { coordinates: value })).toEqual([coordinates]);
  });

  test('believes coordinates of a perturbed cosine', () => {
    expect(told(perturbed, perturbed.traits!)).toEqual([]);
  });

  test.each([
    ['of a cosine', cosine, { parameter: 'kernel' }],
    ['of a bounded score', geluNet, { parameter: 'layer_3/kernel' }],
    [
      'of features that differ',
      mlpRouter({ ...wide, outputActivation: 'identity' }),
      { parameter: 'layer_3/kernel' },
    ],
    ['of centres without their offsets', euclidean, { parameter: 'center' }],
    ['with the offset of another scale', euclidean, euclideanRouter().traits?.shifts?.[0]],
    ['of what all experts share', cosine, { parameter: 'temperature' }],
    ['of a parameter that is not there', linear, { parameter: 'weight' }],
  ] as [string, Router, NonNullable<RouterTraits['shifts']>[number]][])(
    'refuses a shift %s',
    (_, router, value) => {
      expect(told(router, { shifts: [value] })).toEqual([shifts(value.parameter)]);
    },
  );

  test.each([
    [
      'units without what leads on',
      geluNet,
      {
        incoming: ['layer_1/kernel', 'layer_1/bias'],
        outgoing: [],
        signs: [{ negated: ['layer_1/kernel', 'layer_1/bias'] }],
      },
    ],
    ['units without their bias', geluNet, { incoming: ['layer_1/kernel'], outgoing: ['layer_2/kernel'] }],
    ['units of another size', geluNet, { incoming: ['layer_1/kernel'], outgoing: ['layer_3/kernel'] }],
    [
      'a parameter that is not there',
      geluNet,
      { incoming: ['layer_9/kernel'], outgoing: ['layer_2/kernel'] },
    ],
    ['signs of gelu', geluNet, { ...hidden(geluNet), signs: hidden(tanhNet).signs }],
    [
      'signs of sigmoids without the constant',
      sigmoidNet,
      { ...hidden(sigmoidNet), signs: hidden(tanhNet).signs },
    ],
    ['signs of tanh with a constant', tanhNet, hidden(sigmoidNet)],
    [
      'a constant of another size',
      sigmoidNet,
      { ...hidden(sigmoidNet), signs: [{ ...hidden(sigmoidNet).signs?.[0], constant: 'layer_1/bias' }] },
    ],
    [
      'half of the signs',
      tanhNet,
      { ...hidden(tanhNet), signs: [{ negated: ['layer_1/kernel', 'layer_2/kernel'] }] },
    ],
    [
      'scales of gelu',
      geluNet,
      {
        ...hidden(geluNet),
        scales: [{ multiplied: ['layer_1/kernel', 'layer_1/bias'], divided: ['layer_2/kernel'] }],
      },
    ],
    [
      'a sign of what is no part of a unit',
      tanhNet,
      { ...hidden(tanhNet), signs: [{ negated: ['layer_3/kernel'] }] },
    ],
    ['no parameter at all', geluNet, { incoming: [], outgoing: [] }],
  ] as [string, Router, NonNullable<RouterTraits['units']>[number]][])('refuses %s', (_, router, value) => {
    expect(told(router, { units: [value] })).toEqual([units]);
  });
});
