import fc from 'fast-check';
import { ffn, softmax, topK } from 'tfjs-moe';
import { expect, test } from 'vitest';
import { activeParameters, denseParameters, matchingWidth } from '../src/parameter-count.ts';

test('denseParameters counts kernels and biases', () => {
  expect(denseParameters([784, 128, 10])).toBe(784 * 128 + 128 + 128 * 10 + 10);
  expect(denseParameters([5])).toBe(0);
});

test('activeParameters counts the whole gate and the selected experts', () => {
  const expert = ffn({ hiddenUnits: 7 });
  const shape = { experts: 8, inputs: 5, units: 3 };
  const gate = 8 * (5 + 1);
  const one = 5 * 7 + 7 + 7 * 3 + 3;
  expect(activeParameters(topK({ k: 2 }), expert, shape)).toBe(gate + 2 * one);
  expect(activeParameters(softmax(), expert, shape)).toBe(gate + 8 * one);
});

test('matchingWidth comes as near as a whole number of units can', () => {
  const parametersOf = (width: number) => denseParameters([128, width, 128]);
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 1_000_000 }), (wanted) => {
      const width = matchingWidth(wanted, parametersOf);
      const error = Math.abs(parametersOf(width) - wanted);
      expect(error).toBeLessThanOrEqual(Math.abs(parametersOf(width + 1) - wanted));
      expect(error).toBeLessThanOrEqual(Math.abs(parametersOf(width - 1) - wanted));
    }),
  );
  expect(matchingWidth(0, parametersOf)).toBe(1);
});
