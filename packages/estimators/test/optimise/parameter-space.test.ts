import { linear } from '@tfjs-moe/experts';
import {
  euclideanRouter,
  hierarchical,
  mlpRouter,
  noisyTopK,
  sigmoid,
  softmax,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { intoBox, parameterSpace } from '../../src/optimise/parameter-space.ts';

const scales = { inputMeans: [0], inputScales: [1], responseScale: 1 };

function held(gate: ReturnType<typeof softmax>): string[] {
  const { labels, free } = parameterSpace(
    'test',
    { gate, expert: linear(), inputDim: 1, experts: 4 },
    scales,
  );
  return labels.filter((_, place) => !free.includes(place)).map((label) => label.replace('gate/', ''));
}

describe('the parameter space', () => {
  test.each([
    [softmax(), ['router/kernel[0]#3', 'bias[0]#3']],
    [softmax({ useBias: false }), ['router/kernel[0]#3']],
    [softmax({ router: mlpRouter({ hiddenUnits: 2 }) }), ['bias[0]#3']],
    [softmax({ router: euclideanRouter() }), ['router/center[0]#3', 'bias[0]#3']],
    [sigmoid(), []],
    [temperature(), ['router/kernel[0]#3', 'bias[0]#3', 'temperature[0]']],
    [temperature({ router: mlpRouter({ hiddenUnits: 2 }) }), ['bias[0]#3']],
    [temperature({ learned: false }), ['router/kernel[0]#3', 'bias[0]#3', 'temperature[0]']],
    [topK({ k: 2 }), ['router/kernel[0]#3', 'bias[0]#3']],
    [
      topK({ k: 2, weighting: sigmoid(), selectionBias: true }),
      [0, 1, 2, 3].map((e) => `selection_bias[0]#${e}`),
    ],
    [noisyTopK({ k: 2 }), ['router/kernel[0]#3', 'bias[0]#3']],
    [
      hierarchical({ groups: 2 }),
      [
        'outer/router/kernel[0]#1',
        'outer/bias[0]#1',
        'inner/router/kernel[0]#1',
        'inner/router/kernel[0]#3',
        'inner/bias[0]#1',
        'inner/bias[0]#3',
      ],
    ],
  ])('holds the gauge of a gate and what is not trainable', (gate, expected) => {
    expect(held(gate)).toEqual(expected);
  });

  const shape = {
    gate: temperature({ router: mlpRouter({ hiddenUnits: 2 }), minTemperature: 0.1 }),
    expert: linear(),
    inputDim: 1,
    experts: 2,
  };

  test('is a box in which constraints of parameters come first', () => {
    const space = parameterSpace('test', shape, scales, { expert: 2 });
    const at = (label: string) => space.labels.indexOf(label);
    expect([space.lower[at('gate/temperature[0]')], space.upper[at('gate/temperature[0]')]]).toEqual([
      0.1, 1000,
    ]);
    expect([space.lower[at('expert/kernel[0,0]#1')], space.upper[at('expert/kernel[0,0]#1')]]).toEqual([
      -2, 2,
    ]);
    const inside = intoBox(new Float64Array(space.labels.length).fill(-5), space);
    expect(inside[at('gate/temperature[0]')]).toBe(0.1);
    expect(inside[at('expert/bias[0]#1')]).toBe(-2);
  });

  test('is wider where the data are', () => {
    const wide = parameterSpace('test', shape, { inputMeans: [50], inputScales: [0.1], responseScale: 1e4 });
    expect(wide.upper[0]).toBe(1e3 * 10 * 500);
    expect(wide.upper[wide.upper.length - 1]).toBe(1e6 * 1e4 * 10 * 500);
  });

  test('refuses a bound that is none', () => {
    expect(() => parameterSpace('fit', shape, scales, -1)).toThrow('bounds must be a finite number above 0');
    expect(() => parameterSpace('fit', shape, scales, { gates: 1 } as never)).toThrow(
      'unknown option "gates"',
    );
  });
});
