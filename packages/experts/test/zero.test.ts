import { arrayOps, arrayParam } from '@tfjs-moe/core';
import { zero } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, zero());

describe('zero', () => {
  test('is a vector of zeros, which nothing can change', () => {
    const spec = zero().params(5, 2).value;
    expect(spec).toMatchObject({
      shape: [2],
      constraint: { min: 0, max: 0 },
      shared: true,
      trainable: false,
    });
    const value = arrayParam(spec, 1, [0, 0]);
    expect(zero().apply(arrayOps, arrayOps.constant(Number.NaN), { value })).toBe(value);
  });

  test('refuses options', () => {
    expect(() => zero({ units: 2 } as never)).toThrow('unknown option "units"');
  });
});
