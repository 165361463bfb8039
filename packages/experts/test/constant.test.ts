import { arrayInput, arrayOps, arrayParam } from '@tfjs-moe/core';
import { constant } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, constant());

describe('constant', () => {
  test('is its parameter, whatever the input', () => {
    const expert = constant({ valueInitializer: { kind: 'constant', value: 2 } });
    const value = arrayParam(expert.params(5, 2).value, 3, [1, 2, 3, 4, 5, 6]);
    expect(expert.apply(arrayOps, arrayInput([[0, 0, 0, 0, 0]]), { value })).toBe(value);
  });

  test('starts with different experts', () => {
    expect(constant().config).toEqual({ kind: 'constant', valueInitializer: { kind: 'randomNormal' } });
  });
});
