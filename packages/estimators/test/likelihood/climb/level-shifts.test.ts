import { stream } from '@tfjs-moe/core';
import { constant, linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood, type MaximumLikelihoodOptions, type Sample } from '../../../src/index.ts';
import { bestSharpSplit, shifted } from './sharp-splits.ts';

/** The annual flow of the Nile at Aswan, 1871 to 1970, in 10^8 m^3 (Cobb, 1978; `Nile` in R). */
const flow = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958,
  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020,
  1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040,
  759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
  744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];
const nile: Sample = { inputs: flow.map((_, i) => [1871 + i]), response: flow };
const NILE = -625.1817;

const fit = (data: Sample, options: Partial<MaximumLikelihoodOptions> = {}) =>
  fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 2, data, ...options });

describe('the change of the Nile in 1898', () => {
  test('is found from few starts and many, by any seed, with a warning about the gate', () => {
    for (const options of [{}, { starts: 1 }, { starts: 3, seed: 1 }, { starts: 3, seed: 2 }]) {
      const found = fit(nile, options);
      expect(found.logLikelihood).toBeGreaterThan(NILE);
      expect(found.converged).toBe(true);
      expect(found.counts.map(Math.round).sort()).toEqual([28, 72]);
      expect(found.warnings.map(({ reason }) => reason)).toEqual(['separated gate']);
    }
  });

  test('is kept where a fit starts from it, whatever the words', () => {
    const clusters = flow.map((_, i) => (i < 28 ? 0 : 1));
    const responsibilities = clusters.map((label) => [1 - label, label]);
    for (const initial of [{ clusters }, { responsibilities }])
      expect(fit(nile, { initial }).logLikelihood).toBeGreaterThan(NILE);
  });

  test('is found whatever the order of the years and the units', () => {
    const order = stream(5).permutation(100);
    const other: Sample = {
      inputs: Array.from(order, (i) => [1e-6 * (1970 - i)]),
      response: Array.from(order, (i) => 1e9 - 1e5 * flow[i]!),
    };
    expect(fit(other, { starts: 1 }).logLikelihood + 100 * Math.log(1e5)).toBeGreaterThan(NILE);
  });

  test('is found among rows of other weights, as among their copies', () => {
    const inputs = flow.flatMap((_, i) => Array.from({ length: i % 3 }, () => [1871 + i]));
    const copies = { inputs, response: inputs.map(([year]) => flow[year! - 1871]!) };
    const weighted = { ...nile, weights: flow.map((_, i) => i % 3) };
    const [a, b] = [weighted, copies].map((data) => fit(data, { starts: 2 }));
    expect(a!.logLikelihood).toBeCloseTo(b!.logLikelihood, 7);
    expect(a!.logLikelihood).toBeGreaterThanOrEqual(
      bestSharpSplit({ ...copies, experts: 2, variances: 'own' }) - 1e-6,
    );
  });
});

test('no fit stays below the best sharp split, of two and three experts along one input and two', () => {
  for (let seed = 0; seed < 40; seed++) {
    const { experts, variances, ...data } = shifted(seed);
    const best = bestSharpSplit({ experts, variances, ...data });
    const found = fit(data, { experts, variances, starts: 1 });
    expect(found.logLikelihood, `seed ${seed}`).toBeGreaterThanOrEqual(best - 1e-6);
  }
}, 60_000);

test('a change along no input but along a sum of them is found, also by experts without slopes and gates that select', () => {
  const random = stream(8);
  const inputs = Array.from({ length: 120 }, () => [random.normal(), 1e3 * random.normal()]);
  const side = inputs.map(([a, b]) => (a! + b! / 1e3 > 0.8 ? 1 : 0));
  const response = side.map((label) => 1.6 * label + random.normal());
  const sum = (label: number) => {
    const ys = response.filter((_, i) => side[i] === label);
    const mean = ys.reduce((total, y) => total + y / ys.length, 0);
    const variance = ys.reduce((total, y) => total + (y - mean) ** 2 / ys.length, 0);
    return -0.5 * ys.length * (Math.log(2 * Math.PI * variance) + 1);
  };
  const planted = sum(0) + sum(1) - 1e-6;
  for (const gate of [softmax(), topK({ k: 1 })])
    expect(fit({ inputs, response }, { gate, expert: constant(), starts: 2 }).logLikelihood).toBeGreaterThan(
      planted,
    );
}, 20_000);

test('regions that are splits of splits are found', () => {
  const random = stream(3);
  const inputs = Array.from({ length: 200 }, () => [random.uniform(), random.uniform()]);
  const region = inputs.map(([a, b]) => (a! < 0.3 ? 0 : b! < 0.5 ? 1 : 2));
  const response = inputs.map(([a], i) => [0, 1.5 + a!, -1.5][region[i]!]! + 0.7 * random.normal());
  const found = fit({ inputs, response }, { experts: 3, starts: 1 });
  const planted = fit({ inputs, response }, { experts: 3, initial: { clusters: region } });
  expect(found.logLikelihood).toBeGreaterThan(planted.logLikelihood - 1e-6);
});

test('the second maximum of a table of 16 rows is found by as many starts as a small table has', () => {
  // Longley (1967): people employed by year.
  const employed = [
    60.323, 61.122, 60.171, 61.187, 63.221, 63.639, 64.989, 63.761, 66.019, 67.857, 68.169, 66.513, 68.655,
    69.564, 69.331, 70.551,
  ];
  const found = fit({ inputs: employed.map((_, i) => [1947 + i]), response: employed });
  expect(found.logLikelihood).toBeGreaterThan(-12.81498);
});

test('starts from divisions are few: of an ordinary mixture none, and progress counts those there are', () => {
  const random = stream(4);
  const inputs = Array.from({ length: 400 }, () => [2 * random.uniform() - 1]);
  const response = inputs.map(([x]) => (x! + random.normal() > 0 ? 2 * x! : 3 - x!) + 0.2 * random.normal());
  expect(fit({ inputs, response }, { starts: 2 }).starts).toHaveLength(2);
  const seen: number[][] = [];
  const found = fit(nile, { starts: 2, onProgress: ({ start, starts }) => seen.push([start, starts]) });
  expect(found.starts.length).toBeGreaterThan(2);
  for (const [start, starts] of seen) expect(start).toBeLessThan(starts!);
  expect(seen.at(-1)).toEqual([found.starts.length - 1, found.starts.length]);
});
