import { describe, expect, test } from 'vitest';
import { getInitializer, type InitializerConfig, initialValues } from '../src/initializer.ts';
import { stream } from '../src/stream.ts';

const draw = (initializer: InitializerConfig, shape: readonly [number] | readonly [number, number]) =>
  initialValues({ shape, initializer }, stream(1));
const variance = (values: Float64Array) => values.reduce((sum, value) => sum + value ** 2, 0) / values.length;

describe('initialValues', () => {
  test.each([
    { kind: 'glorotUniform', of: (fanIn: number, fanOut: number) => 2 / (fanIn + fanOut) },
    { kind: 'glorotNormal', of: (fanIn: number, fanOut: number) => 2 / (fanIn + fanOut) },
    { kind: 'heUniform', of: (fanIn: number) => 2 / fanIn },
    { kind: 'heNormal', of: (fanIn: number) => 2 / fanIn },
    { kind: 'lecunUniform', of: (fanIn: number) => 1 / fanIn },
    { kind: 'lecunNormal', of: (fanIn: number) => 1 / fanIn },
  ] as const)("$kind scales with one expert's fans", ({ kind, of }) => {
    for (const [fanIn, fanOut] of [
      [40, 300],
      [300, 40],
    ] as const) {
      expect(variance(draw({ kind }, [fanIn, fanOut])) / of(fanIn, fanOut)).toBeCloseTo(1, 1);
    }
    expect(variance(draw({ kind }, [20000])) / of(20000, 1)).toBeCloseTo(1, 1);
    if (kind.endsWith('Uniform')) {
      const limit = Math.sqrt(3 * of(40, 300));
      const values = draw({ kind }, [40, 300]);
      expect(Math.max(...values)).toBeLessThan(limit);
      expect(Math.max(...values)).toBeGreaterThan(0.99 * limit);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(-limit);
    }
  });

  test('the plain ones', () => {
    expect([...draw({ kind: 'zeros' }, [3])]).toEqual([0, 0, 0]);
    expect([...draw({ kind: 'ones' }, [1, 2])]).toEqual([1, 1]);
    expect([...draw({ kind: 'constant', value: -2.5 }, [2])]).toEqual([-2.5, -2.5]);
    expect(Math.sqrt(variance(draw({ kind: 'randomNormal' }, [20000])))).toBeCloseTo(0.05, 3);
    expect(Math.sqrt(variance(draw({ kind: 'randomNormal', stddev: 3 }, [20000])))).toBeCloseTo(3, 1);
    const values = draw({ kind: 'randomUniform', min: 2, max: 4 }, [20000]);
    expect([Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2))).toEqual([
      '2.00',
      '4.00',
    ]);
    expect(Math.max(...draw({ kind: 'randomUniform' }, [20000]))).toBeLessThan(0.05);
  });

  test('depends on the stream alone', () => {
    const spec = { shape: [2, 3], initializer: { kind: 'heNormal' } } as const;
    expect(initialValues(spec, stream(4, 'a'))).toEqual(initialValues(spec, stream(4, 'a')));
    expect(initialValues(spec, stream(4, 'a'))).not.toEqual(initialValues(spec, stream(4, 'b')));
  });
});

describe('getInitializer', () => {
  test('takes a name or a config', () => {
    expect(getInitializer('linear', 'kernelInitializer', 'heNormal')).toEqual({ kind: 'heNormal' });
    const config = { kind: 'constant', value: 1 } as const;
    expect(getInitializer('linear', 'kernelInitializer', config)).toBe(config);
  });

  test.each(['he', {}, null, 3])('refuses %s', (identifier) => {
    expect(() => getInitializer('linear', 'kernelInitializer', identifier as never)).toThrow(
      /^\[tfjs-moe\] linear: kernelInitializer must be an initializer, one of glorotUniform, .*randomUniform\. Received: /,
    );
  });

  test.each(['constant', { kind: 'constant', value: Number.NaN }])(
    'refuses a constant without a number: %s',
    (identifier) => {
      expect(() => getInitializer('linear', 'biasInitializer', identifier as never)).toThrow(
        'biasInitializer of kind constant needs a finite value',
      );
    },
  );
});
