import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Stream, stream } from '../src/stream.ts';

const COUNT = 40000;
const many = (draw: () => number) => Float64Array.from({ length: COUNT }, draw);
const mean = (values: Float64Array, power = 1, center = 0) =>
  values.reduce((sum, value) => sum + (value - center) ** power, 0) / values.length;

describe('laws', () => {
  // Each bound is five standard errors.
  test.each([
    { law: 'uniform', center: 1 / 2, variance: 1 / 12, fourth: 1 / 80 },
    { law: 'normal', center: 0, variance: 1, fourth: 3 },
    {
      law: 'gumbel',
      center: 0.5772156649015329,
      variance: Math.PI ** 2 / 6,
      fourth: (5.4 * Math.PI ** 4) / 36,
    },
  ] as const)('$law has its moments', ({ law, center, variance, fourth }) => {
    const source = stream(1, law);
    const values = many(() => source[law]());
    expect(Math.abs(mean(values) - center)).toBeLessThan(5 * Math.sqrt(variance / COUNT));
    expect(Math.abs(mean(values, 2, center) - variance)).toBeLessThan(
      5 * Math.sqrt((fourth - variance ** 2) / COUNT),
    );
  });

  test('normal has its distribution function', () => {
    const { normal } = stream(2);
    const values = many(normal).sort();
    const quantiles: [number, number][] = [
      [0.0013498980316300933, -3],
      [0.15865525393145707, -1],
      [0.5, 0],
      [0.9772498680518208, 2],
    ];
    for (const [p, z] of quantiles) {
      const below = values.findIndex((value) => value > z) / COUNT;
      expect(Math.abs(below - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / COUNT));
    }
  });

  test('uniform stays in [0, 1) with 53 bits', () => {
    const { uniform } = stream(3);
    const values = many(uniform);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(values.every((value) => Number.isInteger(value * 2 ** 53))).toBe(true);
    expect(values.some((value) => !Number.isInteger(value * 2 ** 52))).toBe(true);
  });

  test('integer is even on {0, ..., below - 1}', () => {
    const { integer } = stream(4);
    const counts = new Float64Array(5);
    for (let i = 0; i < COUNT; i++) counts[integer(5)]! += 1;
    for (const count of counts) expect(Math.abs(count - COUNT / 5)).toBeLessThan(5 * Math.sqrt(COUNT * 0.16));
    expect(integer(1)).toBe(0);
  });

  test('permutation is a permutation, every order as likely as another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(40), (seed, length) => {
        expect([...stream(seed).permutation(length)].sort((a, b) => a - b)).toEqual(
          Array.from({ length }, (_, i) => i),
        );
      }),
    );
    const { permutation } = stream(5);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = permutation(3).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('addresses', () => {
  const first = (source: Stream) => Array.from({ length: 4 }, () => source.uniform());

  test('the same seed and path give the same numbers, whatever else was drawn', () => {
    const expected = first(stream(7, 'expert/layer_1/kernel', 3));
    const other = stream(7, 'expert/layer_1/kernel', 2);
    other.normal();
    other.permutation(10);
    expect(first(stream(7, 'expert/layer_1/kernel', 3))).toEqual(expected);
  });

  test('seed, names, counters and their order all count', () => {
    const sources = [
      stream(7),
      stream(8),
      stream(-7),
      stream(7.5),
      stream(7, 'a'),
      stream(7, 'b'),
      stream(7, 'a', 0),
    ];
    sources.push(
      stream(7, 'a', 1),
      stream(7, 'a', 'b'),
      stream(7, 'b', 'a'),
      stream(7, 'ab'),
      stream(7, 'a', 10),
    );
    expect(new Set(sources.map((source) => source.uniform())).size).toBe(sources.length);
  });

  test('a hundred thousand neighbours neither collide nor correlate', () => {
    const count = 100000;
    const numbers = Float64Array.from({ length: count }, (_, i) =>
      stream(i % 100, 'noise', Math.floor(i / 100)).uniform(),
    );
    expect(new Set(numbers).size).toBe(count);
    let product = 0;
    for (let i = 1; i < count; i++) product += 12 * (numbers[i]! - 0.5) * (numbers[i - 1]! - 0.5);
    expect(Math.abs(product / Math.sqrt(count))).toBeLessThan(5);
  });

  test('a list is filled with what as many calls would give, whatever was drawn before and is drawn after', () => {
    const lengths = fc.array(fc.oneof(fc.nat(5), fc.constantFrom(255, 256, 257, 1000)), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.integer(),
        lengths,
        fc.array(fc.constantFrom('uniform', 'normal', 'gumbel'), { minLength: 6, maxLength: 6 }),
        (seed, all, laws) => {
          const [lists, calls] = [stream(seed, 'list'), stream(seed, 'list')];
          all.forEach((length, i) => {
            const values = new Float64Array(length);
            const law = laws[i]!;
            lists[`${law}s`](values);
            expect(values).toEqual(Float64Array.from({ length }, calls[law]));
          });
          expect([lists.uniform(), lists.normal()]).toEqual([calls.uniform(), calls.normal()]);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('the numbers never change: seeds in published results stay valid', () => {
    const source = stream(7, 'expert/layer_1/kernel', 3);
    expect({
      uniform: [source.uniform(), source.uniform()],
      normal: [source.normal(), source.normal(), source.normal()],
      gumbel: source.gumbel(),
      integer: source.integer(1000),
      permutation: [...source.permutation(6)],
    }).toMatchInlineSnapshot(`
      {
        "gumbel": 0.6103424226063423,
        "integer": 888,
        "normal": [
          0.6062170472643506,
          1.205329029300419,
          -0.1345453737385419,
        ],
        "permutation": [
          5,
          4,
          2,
          1,
          3,
          0,
        ],
        "uniform": [
          0.7084144789099944,
          0.6824510990051575,
        ],
      }
    `);
    expect([stream(0).uniform(), stream(-1).uniform(), stream(2 ** 40).uniform()]).toMatchInlineSnapshot(`
      [
        0.1462579340331318,
        0.07212206931865228,
        0.21084664535613673,
      ]
    `);
  });
});
