import { describe, expect, test } from 'vitest';
import { expectActivation } from '../src/activation.ts';
import {
  expectBoolean,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  expectPositive,
  expectSizes,
} from '../src/expect.ts';

const strange = [undefined, null, '1', Number.NaN, Infinity, [], {}, true];

describe('what is right is returned', () => {
  test.each([
    [expectInteger('topK', 'k', 2, { min: 1, max: 2 }), 2],
    [expectInteger('topK', 'k', -5), -5],
    [expectNumber('topK', 'x', 0.5, { min: 0.5 }), 0.5],
    [expectPositive('topK', 'x', 1e-300), 1e-300],
    [expectBoolean('topK', 'x', false), false],
    [expectOneOf('topK', 'x', 'b', ['a', 'b']), 'b'],
    [expectSizes('ffn', 'hiddenUnits', 4), [4]],
    [expectSizes('ffn', 'hiddenUnits', []), []],
    [expectActivation('ffn', 'activation', 'gelu'), 'gelu'],
  ])('%j', (actual, expected) => {
    expect(actual).toEqual(expected);
  });

  test('a list of sizes is copied, so that changing it later changes nothing', () => {
    const sizes = [4, 5];
    expect(expectSizes('ffn', 'hiddenUnits', sizes)).not.toBe(sizes);
  });
});

describe('what is wrong is named', () => {
  test.each([
    [
      () => expectInteger('topK', 'k', 0, { min: 1, max: 8, maxName: 'the number of experts (8)' }),
      '[tfjs-moe] topK: k must be an integer between 1 and the number of experts (8). Received: 0.',
    ],
    [() => expectInteger('topK', 'k', 1.5), '[tfjs-moe] topK: k must be an integer. Received: 1.5.'],
    [
      () => expectInteger('topK', 'k', 9, { max: 8 }),
      'topK: k must be an integer of at most 8. Received: 9.',
    ],
    [() => expectNumber('a', 'x', Infinity), '[tfjs-moe] a: x must be a finite number. Received: Infinity.'],
    [
      () => expectNumber('a', 'x', -1, { min: 0, max: 1 }),
      'a: x must be a finite number between 0 and 1. Received: -1.',
    ],
    [() => expectPositive('a', 'x', 0), '[tfjs-moe] a: x must be a finite number above 0. Received: 0.'],
    [
      () => expectOneOf('a', 'x', 'c', ['a', 'b']),
      "[tfjs-moe] a: x must be one of 'a', 'b'. Received: \"c\".",
    ],
    [
      () => expectSizes('a', 'x', [2, 0]),
      '[tfjs-moe] a: x must be an integer of at least 1 or a list of them. Received: [2,0].',
    ],
    [
      () => expectActivation('a', 'x', 'cube'),
      /^\[tfjs-moe\] a: x must be one of identity, relu, .*softplus\. Received: "cube"\.$/,
    ],
    [
      () => expectKnownOptions('a', { k: 1, K: 2 }, ['k']),
      '[tfjs-moe] a: unknown option "K" (did you mean "k"?); known options are k.',
    ],
    [
      () => expectKnownOptions('a', 3 as never, ['k', 'l']),
      '[tfjs-moe] a: options must be an object with some of k, l. Received: 3.',
    ],
  ])('%#', (check, message) => {
    expect(check).toThrow(message);
  });

  test.each(strange)('%s is not an integer, number, name or size', (value) => {
    expect(() => expectInteger('a', 'x', value)).toThrow('Received: ');
    expect(() => expectNumber('a', 'x', value)).toThrow('Received: ');
    expect(() => expectPositive('a', 'x', value)).toThrow('Received: ');
    expect(() => expectOneOf('a', 'x', value, ['a'])).toThrow('Received: ');
    if (value !== true) expect(() => expectBoolean('a', 'x', value)).toThrow('Received: ');
    if (!Array.isArray(value)) expect(() => expectSizes('a', 'x', value)).toThrow('Received: ');
  });

  test.each([undefined, null, 3, 'k', [1]])('%s is no options object', (value) => {
    expect(() => expectKnownOptions('a', value as never, ['k'])).toThrow('options must be an object');
  });
});
