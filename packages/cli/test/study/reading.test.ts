/** What an interval is said to say of a claim. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { type Reading, readingOf } from '../../src/study/report/reading.ts';
import { type Curve, summarise } from '../../src/study/report/summarise.ts';
import { slopeSentence } from '../../src/study/report/table.ts';
import type { Outcome } from '../../src/study/results.ts';
import type { MeasureConfig } from '../../src/study/study.ts';

const of = (low: number, high: number, sizes: number = 4) => ({ value: (low + high) / 2, low, high, sizes });

test.each<[Reading, number, number, number]>([
  ['as claimed', -0.5, -0.55, -0.45],
  ['faster', -0.5, -0.556, -0.513],
  ['slower', -0.5, -0.45, -0.2],
  ['undecided', -0.5, -0.9, -0.3],
  ['as claimed', 0, -0.05, 0.1],
  ['falls', 0, -0.6, -0.4],
  ['undecided', 0, -0.285, 0.077],
])('%s: claimed %d, found from %d to %d', (reading, slope, low, high) => {
  expect(readingOf(of(low, high), { slope })).toBe(reading);
  expect(readingOf(of(low, high, 2), { slope })).toBe('too few sizes');
});

test('a line that bends is not read as a power that is slower', () => {
  const bend = { value: 0.4, low: 0.2, high: 0.6 };
  expect(readingOf({ ...of(-0.4, -0.2), bend }, { slope: -0.5 })).toBe('bends');
  expect(readingOf({ ...of(-0.6, -0.4), bend }, { slope: -0.5 })).toBe('as claimed');
});

test('every reading of the results on the site is that of its interval', () => {
  const folder = resolve(import.meta.dirname, '../../../../docs/studies/results');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) {
    const { curves } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { curves: Curve[] };
    for (const { slope, claim, reading, points } of curves) {
      expect(reading).toBe(readingOf(slope, claim));
      if (slope) expect(slope.sizes).toBe(points.filter(({ fits }) => fits > 0).length);
    }
  }
});

describe('slopes of several truths', () => {
  const truth: MeasureConfig = {
    gate: { kind: 'softmax' },
    expert: { kind: 'linear' },
    inputDim: 1,
    experts: 1,
    gateParams: {},
    expertParams: {},
  };
  const fit = { estimator: 'leastSquares', experts: 1 } as const;

  /** Losses $n^{s_t}$ of truth t, for every truth the same number of samples. */
  function curveOf(slopes: readonly number[], sizes: readonly number[], bend: number = 0): Curve {
    const random = stream(3, 'truths');
    const replicates = 24;
    const outcomes = sizes.flatMap((n, s) =>
      Array.from({ length: replicates }, (_, replicate): Outcome => {
        const curved = bend * Math.log(n / sizes[0]!) ** 2;
        const D1 = n ** slopes[replicate % slopes.length]! * Math.exp(0.05 * random.normal() + curved);
        const index = s * replicates + replicate;
        return { index, arm: 'arm', n, replicate, losses: { D1 }, converged: true, iterations: 1 };
      }),
    );
    const claims = [{ loss: 'D1', slope: -0.5, source: 'Theorem 1' }];
    const arms = [{ name: 'arm', truths: slopes.map(() => truth), fit, losses: ['D1'], claims }];
    const config = { name: 's', title: 'S', sizes, replicates, seed: 5, arms };
    const header = { study: 's', fingerprint: 'abc', tasks: outcomes.length, config };
    return summarise({ header, outcomes })[0]!;
  }

  test('have an interval over the truths, wider than that of the samples alone', () => {
    const sizes = [100, 1000, 10_000];
    const [alike, unlike] = [curveOf([-0.5, -0.5, -0.5], sizes), curveOf([-0.3, -0.5, -0.7], sizes)];
    const width = ({ slope }: Curve) => slope!.high - slope!.low;
    expect(width(alike)).toBeLessThan(0.05);
    expect(width(unlike)).toBeGreaterThan(0.2);
    const own = unlike.slope!.ofTruths!;
    expect(own).toHaveLength(3);
    [-0.3, -0.5, -0.7].forEach((slope, t) => {
      expect(own[t]).toBeCloseTo(slope, 1);
    });
    expect(slopeSentence(unlike)).toMatch(
      /of truths -0\.7\d to -0\.[23]\d; claimed n\^-1\/2 \(Theorem 1\): as claimed/,
    );
  });

  test('have a bend where they are no power of n, and none where they are', () => {
    const straight = curveOf([-0.5], [100, 1000, 10_000, 100_000]).slope!.bend!;
    expect(straight.low).toBeLessThan(0);
    expect(straight.high).toBeGreaterThan(0);
    expect(straight.high - straight.low).toBeLessThan(0.1);
    const bent = curveOf([-0.6], [100, 1000, 10_000, 100_000], 0.02);
    expect(bent.slope!.bend!.low).toBeGreaterThan(0.1);
    expect(slopeSentence(bent)).toContain(', bends by ');
    // The halves share the middle: log n differs by two steps between their own middles.
    expect(bent.slope!.bend!.value).toBeCloseTo(0.02 * 2 * 2 * Math.log(10), 1);
  });

  test('of two sizes say that these are too few', () => {
    const two = curveOf([-0.5], [100, 1000]);
    expect(two.slope!.bend).toBeUndefined();
    expect(slopeSentence(two)).toMatch(
      /of two sizes: too few to tell .*; claimed n\^-1\/2 .*: too few sizes/,
    );
  });
});
