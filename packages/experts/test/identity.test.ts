import { arrayInput, arrayOps } from '@tfjs-moe/core';
import { identity } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, identity(), { sameWidth: true });

describe('identity', () => {
  test('returns what it is given, and owns nothing', () => {
    const x = arrayInput([[1, 2]]);
    expect(identity().apply(arrayOps, x, {})).toBe(x);
    expect(identity().params(3, 3)).toEqual({});
  });

  test('refuses another number of outputs, and options', () => {
    expect(() => identity().params(3, 2)).toThrow(
      '[tfjs-moe] identity: x is in the output, so units must be the number of inputs (3). Received: 2.',
    );
    expect(() => identity({ scale: 2 } as never)).toThrow('unknown option "scale"');
  });
});
