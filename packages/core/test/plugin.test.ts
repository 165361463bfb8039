import { describe, expect, test } from 'vitest';
import { defineBalanceLoss } from '../src/balance-loss.ts';
import { defineExpert, getExpert } from '../src/expert.ts';
import { defineGate } from '../src/gate.ts';
import { defineRouter, getRouter } from '../src/router.ts';

const define = (sizes: number[]) =>
  defineRouter('pluginRouter', () => ({
    config: { sizes },
    params: (inputDim) => ({ kernel: { shape: [inputDim], initializer: { kind: 'zeros' } } }),
    logit: (ops, x, p) => ops.dot(x, p.kernel),
  }));

describe('a plugin', () => {
  test('knows its role, its kind and its config', () => {
    const factory = define([1, 2]);
    const router = factory();
    expect(factory.kind).toBe('pluginRouter');
    expect(router).toMatchObject({
      role: 'router',
      kind: 'pluginRouter',
      config: { kind: 'pluginRouter', sizes: [1, 2] },
    });
    expect(getRouter(router.config).config).toEqual(router.config);
  });

  test('is frozen to the bottom', () => {
    const router = define([1, 2])();
    expect(() => Object.assign(router, { kind: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(router.config, { kind: 'other' })).toThrow(TypeError);
    expect(() => (router.config.sizes as number[]).push(3)).toThrow(TypeError);
  });

  test('is defined again without complaint, as when a module is reloaded', () => {
    define([1]);
    define([2]);
    expect(getRouter('pluginRouter').config.sizes).toEqual([2]);
  });
});

describe('a kind that is built in', () => {
  const builtIn = () =>
    defineExpert('constant', () => ({ config: {}, params: () => ({}), apply: (ops) => ops.constant(1) }));

  test('is defined again where its module is reloaded', () => {
    builtIn();
    builtIn();
    expect(getExpert('constant').kind).toBe('constant');
  });

  test('is refused to another definition, whichever comes first, and stays what it was', () => {
    builtIn();
    const before = getExpert('constant');
    const other = () =>
      defineExpert('constant', () => ({ config: {}, params: () => ({}), apply: (_ops, x) => x }));
    expect(other).toThrow(
      '[tfjs-moe] defineExpert: the kind constant is built in and is defined twice, differently',
    );
    expect(String(getExpert('constant').apply)).toBe(String(before.apply));
  });

  test('of a balance loss too, whose definition is wrapped', () => {
    const loss = (value: number) =>
      defineBalanceLoss(
        'zLoss',
        value > 1
          ? () => ({ config: {}, weight: 1, value: (ops) => ops.constant(2) })
          : () => ({ config: {}, weight: 1, value: (ops) => ops.constant(1) }),
      );
    loss(1);
    loss(1);
    expect(() => loss(2)).toThrow('[tfjs-moe] defineBalanceLoss: the kind zLoss is built in');
  });

  test('of another role is free', () => {
    expect(() =>
      defineRouter('topK', () => ({ config: {}, params: () => ({}), logit: (_ops, x) => x })),
    ).not.toThrow();
  });
});

test.each(
  Object.entries({ defineGate, defineRouter, defineExpert, defineBalanceLoss } as Record<
    string,
    (kind: unknown, definition: unknown) => unknown
  >),
)('%s says what it needs', (name, define) => {
  for (const value of [undefined, null, 'x', 3, {}]) {
    expect(() => define('pluginNothing', value)).toThrow(
      `[tfjs-moe] ${name}: pluginNothing needs a function from options to a definition`,
    );
    if (value !== 'x') expect(() => define(value, () => ({}))).toThrow(`[tfjs-moe] ${name}: kind must be`);
  }
});

describe('a definition that lacks something', () => {
  test('is named when it is used', () => {
    const expert = defineExpert('pluginBroken', () => ({ config: {}, params: () => ({}) }) as never);
    expect(() => expert()).toThrow(
      '[tfjs-moe] pluginBroken: the definition of an expert needs config and the functions params, apply. Received: "apply".',
    );
    const gate = defineGate(
      'pluginBroken',
      () => ({ params: () => ({}), expertsPerToken: () => 1, route: () => ({}) }) as never,
    );
    expect(() => gate()).toThrow(
      'the definition of a gate needs config and the functions params, expertsPerToken, route',
    );
  });

  test('a balance loss needs a weight of at least 0, which its config carries', () => {
    const loss = (weight: unknown) =>
      defineBalanceLoss('pluginLoss', () => ({
        config: {},
        weight: weight as number,
        value: (ops) => ops.constant(0),
      }))();
    expect(loss(0.5).config).toEqual({ kind: 'pluginLoss', weight: 0.5 });
    for (const weight of [-1, Number.NaN, '1', undefined]) {
      expect(() => loss(weight)).toThrow(
        '[tfjs-moe] pluginLoss: weight must be a finite number of at least 0.',
      );
    }
  });
});

describe('numbers of a config', () => {
  const withNumber = (value: number) =>
    defineRouter('pluginRouter', () => ({
      config: { scale: 1, deep: { list: [0, value] } },
      params: (inputDim) => ({ kernel: { shape: [inputDim], initializer: { kind: 'zeros' } } }),
      logit: (ops, x, p) => ops.dot(x, p.kernel),
    }));

  test.each([0, -0, 3.4e38, -3.4e38, 1e-45, 2 ** 60])('may be %d', (value) => {
    expect(withNumber(value)().config.scale).toBe(1);
  });

  test.each([Number.NaN, Infinity, -1e39, 1e300, 1e-46])(
    'may not be %d, which float32 does not hold',
    (value) => {
      expect(withNumber(value)).toThrow(
        `[tfjs-moe] pluginRouter: deep.list.1 must be a number that float32 can hold. Received: ${value}.`,
      );
    },
  );
});
