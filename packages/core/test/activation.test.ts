import { describe, expect, test } from 'vitest';
import { activations, expectActivation } from '../src/activation.ts';

const read = (identifier: unknown) => expectActivation('ffn', 'activation', identifier);
const object = (className: string) => ({ getClassName: () => className, getConfig: () => ({}) });

describe('an activation', () => {
  test.each(activations.map((name) => [name]))('%s is itself', (name) => {
    expect(read(name)).toBe(name);
  });

  test.each([
    ['linear', 'identity'],
    ['swish', 'silu'],
    ['gelu_new', 'geluTanh'],
    ['geluNew', 'geluTanh'],
    ['gelu_tanh', 'geluTanh'],
    ['SiLU', 'silu'],
    ['ReLU', 'relu'],
  ])('%s of other libraries is %s', (name, own) => {
    expect(read(name)).toBe(own);
    expect(read(object(name))).toBe(own);
    expect(read({ className: name, config: {} })).toBe(own);
    expect(read({ class_name: name })).toBe(own);
  });

  test.each([
    'elu',
    'selu',
    'relu6',
    'hardSigmoid',
    'hard_sigmoid',
    'softsign',
    'softmax',
    'mish',
    'leakyRelu',
  ])('%s has no equal and is told so', (name) => {
    for (const identifier of [name, object(name)]) {
      expect(() => read(identifier)).toThrow(
        `[tfjs-moe] ffn: activation must be one of ${activations.join(', ')}; tfjs's "${name}" has no equal among them`,
      );
    }
  });

  test('a slip is told what was meant', () => {
    expect(() => read('soft-plus')).toThrow('softplus (did you mean "softplus"?). Received: "soft-plus".');
    expect(() => read('sigmod')).toThrow('(did you mean "sigmoid"?)');
    expect(() => read(Math.tanh)).toThrow('(a name, not a function). Received: a function (tanh).');
  });

  test.each([undefined, null, 3, [], {}, { getClassName: 'relu' }, 'toString', '__proto__', 'constructor'])(
    '%s is none',
    (identifier) => {
      expect(() => read(identifier)).toThrow('activation must be one of identity, relu');
    },
  );
});
