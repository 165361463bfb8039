import { type ArrayValue, arrayInput, arrayOps, arrayParam, mapNames } from '@tfjs-moe/core';
import { drawnData, drawnRows } from '@tfjs-moe/core/testing';
import { ffn, gatedFfn } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, ffn({ hiddenUnits: 4 }));
testExpert({ describe, test }, ffn({ hiddenUnits: [3, 2], activation: 'gelu', useBias: false }));
testExpert({ describe, test }, ffn({ hiddenUnits: [], outputWeights: false, activation: 'tanh' }));
testExpert({ describe, test }, ffn({ hiddenUnits: 2, outputWeights: false, activation: 'softplus' }));

describe('ffn', () => {
  test('names its layers and gives the last one the units', () => {
    const specs = ffn({ hiddenUnits: [5, 4] }).params(3, 2);
    expect(mapNames(specs, (spec) => spec.shape)).toEqual({
      'layer_1/kernel': [3, 5],
      'layer_1/bias': [5],
      'layer_2/kernel': [5, 4],
      'layer_2/bias': [4],
      'layer_3/kernel': [4, 2],
      'layer_3/bias': [2],
    });
  });

  test.each([true, false])('is layer after layer, with outputWeights: %s', (outputWeights) => {
    const expert = ffn({ hiddenUnits: [5, 4], activation: 'tanh', outputWeights });
    const specs = mapNames(expert.params(3, 2), (spec) => ({ ...spec, copies: 1 }));
    const data = drawnData(specs, 1) as Record<string, Float64Array>;
    const [x = []] = drawnRows(1, 3, 2);
    const first = layer(x, data['layer_1/kernel'], data['layer_1/bias']).map(Math.tanh);
    const second = layer(first, data['layer_2/kernel'], data['layer_2/bias']).map(Math.tanh);
    const last = layer(second, data['layer_3/kernel'], data['layer_3/bias']);
    const expected = outputWeights ? last : last.map(Math.tanh);
    const values = mapNames(specs, (spec, name) => arrayParam(spec, 1, data[name]!));
    const y: ArrayValue = expert.apply(arrayOps, arrayInput([x]), values);
    expected.forEach((value, u) => {
      expect(y.data[u]).toBeCloseTo(value, 14);
    });
  });

  test('keeps a hidden width given as a number as a list in its config', () => {
    expect(ffn({ hiddenUnits: 8 }).config.hiddenUnits).toEqual([8]);
  });

  test('checks its options', () => {
    expect(() => ffn({} as never)).toThrow(
      'ffn: hiddenUnits must be an integer of at least 1 or a list of them',
    );
    expect(() => ffn(undefined as never)).toThrow('ffn: options must be an object');
    expect(() => ffn({ hiddenUnits: [4, 0] })).toThrow('Received: [4,0].');
    expect(() => ffn({ hiddenUnits: [] })).toThrow('hiddenUnits may be empty only with outputWeights: false');
    expect(() => ffn({ hiddenUnits: 4, activation: 'elu' as never })).toThrow(
      'activation must be one of identity',
    );
    expect(() => gatedFfn({ hiddenUnits: 1.5 })).toThrow(
      'gatedFfn: hiddenUnits must be an integer of at least 1',
    );
  });
});

/** x W + b for a kernel stored row by row. */
function layer(x: readonly number[], kernel: ArrayLike<number> = [], bias: ArrayLike<number> = []): number[] {
  return Array.from(bias, (b, h) =>
    x.reduce((sum, value, d) => sum + value * (kernel[d * bias.length + h] ?? 0), b),
  );
}
