import { arrayInput, arrayOps, type Config, getExpert, mapNames, restoringSaved } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { gatedFfn } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

testExpert({ describe, test }, gatedFfn({ hiddenUnits: 3 }));
testExpert({ describe, test }, gatedFfn({ hiddenUnits: 2, activation: 'gelu', useBias: true }));

testExpert(
  { describe, test },
  gatedFfn({ hiddenUnits: 3, limit: 7, alpha: 1.702, upOffset: 1, useBias: true }),
);
testExpert({ describe, test }, gatedFfn({ hiddenUnits: 2, limit: 0.5, activation: 'relu' }));
testExpert({ describe, test }, gatedFfn({ hiddenUnits: 2, limit: 0.5, activation: 'tanh' }));
testExpert({ describe, test }, gatedFfn({ hiddenUnits: 2, upOffset: -1, activation: 'tanh' }));
testExpert({ describe, test }, gatedFfn({ hiddenUnits: 2, alpha: 3, activation: 'gelu' }));

/** The hidden units of an expert whose gate and up are given: the maps of one input 1 are their numbers. */
function hidden(
  expert: ReturnType<typeof gatedFfn>,
  gate: readonly number[],
  up: readonly number[],
): number[] {
  const units = gate.length;
  const specs = mapNames(expert.params(1, units), (spec) => ({ ...spec, copies: 1 }));
  const identity = gate.flatMap((_, i) => gate.map((__, j) => Number(i === j)));
  const data = mapNames(specs, ({ shape }) =>
    new Array<number>(shape.reduce<number>((a, b) => a * b, 1)).fill(0),
  );
  Object.assign(data, { kernel_gate: gate, kernel_up: up, kernel_down: identity });
  return [...expert.apply(arrayOps, arrayInput([[1]]), valuesOf(specs, data) as never).data];
}

describe('gatedFfn', () => {
  test('is the clamped unit of gpt-oss: gate from above, up from both sides, 1 more', () => {
    const expert = gatedFfn({ hiddenUnits: 6, limit: 7, alpha: 1.702, upOffset: 1, useBias: true });
    const actual = hidden(expert, [-8, -1, 0, 2, 7, 9], [-9, -1, 0.5, 2, 7, 9]);
    const expected = [5.859857319438229e-5, 0, 0, 5.806975869432625, 55.99962502642654, 55.99962502642654];
    expected.forEach((value, i) => {
      expect(actual[i]).toBeCloseTo(value, 12);
    });
  });

  test('limits are exact where nothing is clamped, however small, and reach whatever is large', () => {
    const gate = [-1e9, -3, -1e-12, 1e-12, 9.5, 10, 10.5, 1e9];
    const up = [1e-9, -9.99, 3, 1e-12, -10.5, 1e9, -1e9, 12];
    const silu = (z: number) => z / (1 + Math.exp(-z));
    const actual = hidden(gatedFfn({ hiddenUnits: 8, limit: 10 }), gate, up);
    gate.forEach((g, i) => {
      const expected = silu(Math.min(g, 10)) * Math.min(Math.max(up[i]!, -10), 10);
      expect(Math.abs(actual[i]! - expected)).toBeLessThanOrEqual(1e-14 * Math.abs(expected));
    });
    expect(hidden(gatedFfn({ hiddenUnits: 2, limit: 1 }), [Number.NaN, 1], [1, Number.NaN])).toEqual([
      Number.NaN,
      Number.NaN,
    ]);
  });

  test('a config of before there were limits is as it was', () => {
    const { limit, alpha, upOffset, ...earlier } = gatedFfn({ hiddenUnits: 3 }).config;
    expect([limit, alpha, upOffset]).toEqual([null, 1, 0]);
    expect(restoringSaved([earlier], () => getExpert(earlier as Config)).config).toEqual(
      gatedFfn({ hiddenUnits: 3 }).config,
    );
  });

  test('refuses limits that are none', () => {
    expect(() => gatedFfn({ hiddenUnits: 3, limit: 0 })).toThrow('limit must be a finite number above 0');
    expect(() => gatedFfn({ hiddenUnits: 3, alpha: -1 })).toThrow('alpha must be a finite number above 0');
    expect(() => gatedFfn({ hiddenUnits: 3, alpha: null as never })).toThrow('alpha must not be null');
  });

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
