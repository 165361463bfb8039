import { arrayInput, arrayOps, mapNames, replicate } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { constant, ffn, gatedFfn, linear, lora, normalizedFfn } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

const runner = { describe, test };
testExpert(runner, lora({ expert: linear(), rank: 2, alpha: 3, sharedBase: false }));
testExpert(
  runner,
  lora({ expert: ffn({ hiddenUnits: [3, 2], activation: 'relu' }), rank: 1, sharedBase: false }),
);
testExpert(runner, lora({ expert: { kind: 'ffn', hiddenUnits: 2, activation: 'sigmoid' }, rank: 2 }));
testExpert(
  runner,
  lora({ expert: gatedFfn({ hiddenUnits: 2, limit: 1, useBias: true }), rank: 2, alpha: 1 }),
);
testExpert(runner, lora({ expert: normalizedFfn({ hiddenUnits: 2, activation: 'tanh' }), rank: 1 }));

describe('lora', () => {
  const expert = lora({ expert: gatedFfn({ hiddenUnits: 3 }), rank: 2, alpha: 5, sharedBase: false });

  test('is the expert with W + alpha / r A B in place of every kernel', () => {
    const base = gatedFfn({ hiddenUnits: 3 });
    const specs = replicate(expert.params(4, 2), 2);
    const data = drawnData(specs, 1);
    const rows = drawnRows(5, 4, 2);
    const merged = mapNames(replicate(base.params(4, 2), 2), ({ shape, copies }, name) => {
      const [n, m] = shape as readonly [number, number];
      return Float64Array.from(data[name]!, (w, i) => {
        const [copy, row, column] = [Math.floor(i / (n * m)), Math.floor(i / m) % n, i % m];
        expect(copies).toBe(2);
        let product = 0;
        for (let r = 0; r < 2; r++) {
          product +=
            data[`${name}_a`]![(copy * n + row) * 2 + r]! * data[`${name}_b`]![(copy * 2 + r) * m + column]!;
        }
        return w + (5 / 2) * product;
      });
    });
    const expected = base.apply(
      arrayOps,
      arrayInput(rows),
      valuesOf(replicate(base.params(4, 2), 2), merged) as never,
    );
    const actual = expert.apply(arrayOps, arrayInput(rows), valuesOf(specs, data));
    actual.data.forEach((value, i) => {
      expect(Math.abs(value - expected.data[i]!)).toBeLessThan(1e-12);
    });
  });

  test('only the adapters learn, and begin at the base', () => {
    const specs = Object.entries(expert.params(4, 2));
    const learning = specs.filter(([, { trainable = true }]) => trainable).map(([name]) => name);
    expect(learning).toEqual(
      ['kernel_gate', 'kernel_up', 'kernel_down'].flatMap((k) => [`${k}_a`, `${k}_b`]),
    );
    expect(
      specs
        .filter(([name]) => name.endsWith('_b'))
        .every(([, { initializer }]) => initializer.kind === 'zeros'),
    ).toBe(true);
    const shared = Object.entries(lora({ expert: 'linear', rank: 1 }).params(3, 2));
    expect(shared.filter(([, spec]) => spec.shared).map(([name]) => name)).toEqual(['kernel', 'bias']);
  });

  test('refuses an expert without kernels, with a parameter of an adapter, and ranks that are none', () => {
    expect(() => lora({ expert: constant(), rank: 1 }).params(3, 2)).toThrow(
      '[tfjs-moe] lora: the expert "constant" has no kernel to correct',
    );
    expect(() => lora({ expert: lora({ expert: linear(), rank: 1 }), rank: 1 }).params(3, 2)).not.toThrow();
    expect(() => lora({ expert: linear(), rank: 0 })).toThrow('rank must be an integer of at least 1');
    expect(() => lora({ rank: 1 } as never)).toThrow('[tfjs-moe] lora: expert: an expert must be an object');
  });
});
