import { arrayInput, arrayOps, arrayParam } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, linear());
testExpert({ describe, test }, linear({ useBias: false, kernelInitializer: 'heNormal' }), {
  inputDim: 1,
  units: 1,
});

describe('linear', () => {
  const expert = linear();
  const specs = expert.params(2, 3);

  test('is x W + b', () => {
    const kernel = arrayParam(specs.kernel, 1, [1, 2, 3, 10, 20, 30]);
    const bias = arrayParam({ shape: [3], initializer: { kind: 'zeros' } }, 1, [0.5, 0, -0.5]);
    const y = expert.apply(
      arrayOps,
      arrayInput([
        [1, 2],
        [0, -1],
      ]),
      { kernel, bias },
    );
    expect([...y.data]).toEqual([21.5, 42, 62.5, -9.5, -20, -30.5]);
  });

  test('has no bias where none is wanted', () => {
    expect(Object.keys(linear({ useBias: false }).params(2, 3))).toEqual(['kernel']);
    expect(Object.keys(specs)).toEqual(['kernel', 'bias']);
  });

  test('refuses what it does not know', () => {
    expect(() => linear({ usebias: true } as never)).toThrow(
      '[tfjs-moe] linear: unknown option "usebias" (did you mean "useBias"?); known options are useBias, kernelInitializer, biasInitializer.',
    );
    expect(() => linear({ useBias: 1 } as never)).toThrow(
      'linear: useBias must be true or false. Received: 1.',
    );
    expect(() => linear({ kernelInitializer: 'glorot' } as never)).toThrow(
      'kernelInitializer must be an initializer',
    );
  });
});
