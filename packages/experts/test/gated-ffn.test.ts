import { arrayInput, arrayOps, mapNames } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { gatedFfn } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, gatedFfn({ hiddenUnits: 3 }));
testExpert({ describe, test }, gatedFfn({ hiddenUnits: 2, activation: 'gelu', useBias: true }));

describe('gatedFfn', () => {
  test('is SwiGLU by default', () => {
    const expert = gatedFfn({ hiddenUnits: 4 });
    const specs = mapNames(expert.params(3, 2), (spec) => ({ ...spec, copies: 1 }));
    expect(mapNames(specs, (spec) => spec.shape)).toEqual({
      kernel_gate: [3, 4],
      kernel_up: [3, 4],
      kernel_down: [4, 2],
    });
    const data = drawnData(specs, 1);
    const [x = []] = drawnRows(1, 3, 2);
    const y = expert.apply(arrayOps, arrayInput([x]), valuesOf(specs, data) as never);
    for (let u = 0; u < 2; u++) {
      let expected = 0;
      for (let h = 0; h < 4; h++) {
        const column = (kernel: ArrayLike<number> = []) =>
          x.reduce((sum, value, d) => sum + value * kernel[d * 4 + h]!, 0);
        const gate = column(data.kernel_gate);
        const swish = gate / (1 + Math.exp(-gate));
        expected += swish * column(data.kernel_up) * data.kernel_down![h * 2 + u]!;
      }
      expect(y.data[u]).toBeCloseTo(expected, 14);
    }
  });
});
