import { arrayInput, arrayOps, arrayParam, getExpert } from '@tfjs-moe/core';
import { gatedConstant } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, gatedConstant(), { sameWidth: true });

describe('gatedConstant', () => {
  test('mixes the input and a vector by a softmax of two', () => {
    const expert = gatedConstant();
    const specs = expert.params(2, 2);
    const [x, W, v] = [
      [1, -2],
      [
        [0.3, -0.4],
        [0.1, 0.2],
      ],
      [5, 7],
    ] as const;
    const p = {
      kernel_input: arrayParam(specs.kernel_input, 1, W[0]),
      kernel_value: arrayParam(specs.kernel_value, 1, W[1]),
      value: arrayParam(specs.value, 1, v),
    };
    const [a, b] = W.map((column) => Math.exp(column[0] * x[0] + column[1] * x[1])) as [number, number];
    const y = expert.apply(arrayOps, arrayInput([x]), p).data;
    x.forEach((value, i) => {
      expect(y[i]).toBeCloseTo((a * value + b * v[i]!) / (a + b), 14);
    });
  });

  test('refuses another number of outputs, and says so from a config too', () => {
    expect(() => getExpert({ kind: 'gatedConstant' }).params(3, 4)).toThrow(
      '[tfjs-moe] gatedConstant: x is in the output, so units must be the number of inputs (3). Received: 4.',
    );
  });
});
