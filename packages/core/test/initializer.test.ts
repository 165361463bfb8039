import { describe, expect, test } from 'vitest';
import { initialValues } from '../src/initial-values.ts';
import { getInitializer, type InitializerConfig } from '../src/initializer.ts';
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
    expect(getInitializer('linear', 'kernelInitializer', config)).toEqual(config);
  });

  test.each(['he', {}, null, 3])('refuses %s', (identifier) => {
    expect(() => getInitializer('linear', 'kernelInitializer', identifier as never)).toThrow(
      /^\[tfjs-moe\] linear: kernelInitializer must be an initializer, one of glorotUniform, .*varianceScaling\. Received: /,
    );
  });

  test.each([
    'constant',
    ...[Number.NaN, Infinity, 1e300, '1', null].map((value) => ({ kind: 'constant', value })),
  ])('refuses a constant that is no number of float32: %s', (identifier) => {
    expect(() => getInitializer('linear', 'biasInitializer', identifier as never)).toThrow(
      /^\[tfjs-moe\] linear: biasInitializer.* (value must be a finite number that float32 can hold|value must not be null)/,
    );
  });

  test.each([
    [{ kind: 'randomNormal', std: 3 }, 'of kind randomNormal: unknown option "std" (did you mean "stddev"?)'],
    [
      { kind: 'randomNormal', stddev: 'x' },
      'stddev must be a finite number between 0 and 1e+37. Received: "x".',
    ],
    [{ kind: 'randomNormal', stddev: Number.NaN }, 'stddev must be a finite number'],
    [{ kind: 'randomNormal', stddev: -1 }, 'stddev must be a finite number between 0'],
    [{ kind: 'truncatedNormal', stddev: 1e300 }, 'stddev must be a finite number between 0 and 1e+37'],
    [{ kind: 'randomNormal', mean: '0' }, 'mean must be a finite number'],
    [{ kind: 'randomUniform', min: 5, max: '2' }, 'max must be a finite number'],
    [{ kind: 'randomUniform', min: 5, max: 2 }, 'min must be at most max (2). Received: 5.'],
    [{ kind: 'randomUniform', min: 5 }, 'min must be at most max (0.05). Received: 5.'],
    [{ kind: 'randomUniform', minval: 5 }, 'unknown option "minval" (did you mean "min"?)'],
    [{ kind: 'zeros', value: 0 }, 'of kind zeros: unknown option "value"; there are no options'],
    [{ kind: 'heNormal', seed: '3' }, 'seed must be a finite number'],
    [
      { kind: 'varianceScaling', mode: 'fan' },
      "mode must be one of 'fanIn', 'fanOut', 'fanAvg' (did you mean",
    ],
    [{ kind: 'varianceScaling', scale: -1 }, 'scale must be a finite number between 0'],
    [{ kind: 'varianceScaling', distribution: 'normal' }, "'truncatedNormal', which tfjs calls normal"],
    ['glorotnormall', '(did you mean "glorotNormal"?)'],
    ['he-normal', '(did you mean "heNormal"?)'],
    ['orthogonal', 'tfjs\'s "orthogonal" has no equal'],
    [{ className: 'Identity', config: { gain: 1 } }, 'tfjs\'s "Identity" has no equal'],
    [{ className: 'RandomNormal', config: { stddev: 1, extra: 2 } }, 'unknown option "extra"'],
    [{ className: 'VarianceScaling', config: { scale: 1, gain: 2 } }, 'unknown option "gain"'],
    [() => 0, 'call the function of tf.initializers'],
  ])('refuses %j', (identifier, message) => {
    expect(() => getInitializer('linear', 'kernelInitializer', identifier as never)).toThrow(message);
  });

  test.each([
    ['glorot_uniform', { kind: 'glorotUniform' }],
    ['GlorotUniform', { kind: 'glorotUniform' }],
    ['leCunNormal', { kind: 'lecunNormal' }],
    ['LeCunUniform', { kind: 'lecunUniform' }],
    ['truncated_normal', { kind: 'truncatedNormal' }],
    ['Zeros', { kind: 'zeros' }],
    [
      { kind: 'random_normal', stddev: 2, seed: undefined },
      { kind: 'randomNormal', stddev: 2 },
    ],
  ])('%j is %j', (identifier, config) => {
    expect(getInitializer('linear', 'kernelInitializer', identifier as never)).toStrictEqual(config);
  });

  test("a seed takes the place of the layer's, and experts still differ", () => {
    const values = (seed: number | undefined, layer: number, copy: number) =>
      initialValues(
        { shape: [4], initializer: { kind: 'heNormal', ...(seed !== undefined && { seed }) } },
        stream(layer, 'expert/kernel', copy),
      );
    expect(values(5, 1, 0)).toEqual(values(5, 2, 0));
    expect(values(5, 1, 0)).toEqual(values(undefined, 5, 0));
    expect(values(5, 1, 0)).not.toEqual(values(5, 1, 1));
    expect(values(5, 1, 0)).not.toEqual(values(6, 1, 0));
  });

  test('what is drawn beyond two standard deviations is drawn again', () => {
    const values = draw({ kind: 'truncatedNormal', mean: 1, stddev: 3 }, [20000]);
    const centred = values.map((value) => (value - 1) / 3);
    expect(Math.max(...centred.map(Math.abs))).toBeLessThanOrEqual(2);
    // 1 - 4 phi(2) / (2 Phi(2) - 1)
    expect(variance(centred)).toBeCloseTo(0.7737, 1);
    expect(variance(draw({ kind: 'varianceScaling', scale: 3, mode: 'fanOut' }, [40, 300]))).toBeCloseTo(
      (0.7737 * 3) / 300,
      3,
    );
    const plain = { kind: 'varianceScaling', mode: 'fanAvg', distribution: 'untruncatedNormal' } as const;
    expect(variance(draw(plain, [40, 300]))).toBeCloseTo(1 / 170, 3);
  });
});
