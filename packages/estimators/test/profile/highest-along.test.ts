/** Profiles where the likelihood is not smooth: against closed forms, and a search of one's own among the other numbers. */
import { stream } from '@tfjs-moe/core';
import { constant, linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { gateProbabilities } from '@tfjs-moe/measures';
import { normalQuantile } from '@tfjs-moe/numerics';
import { expect, test } from 'vitest';
import {
  contrasts,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  profileCurves,
  profileIntervals,
  type Sample,
} from '../../src/index.ts';

function sampleOf(random: RandomStream, n = 60): Sample & { readonly response: number[] } {
  const inputs = Array.from({ length: n }, () => [2 * random.uniform() - 1]);
  return {
    inputs,
    response: inputs.map(([x]) =>
      random.uniform() < 0.5 + 0.3 * x! ? 2 + x! + 0.7 * random.normal() : -1 + 0.3 * random.normal(),
    ),
    inputNames: ['x'],
  };
}

type RandomStream = ReturnType<typeof stream>;

const data = sampleOf(stream(3, 'profile'));
const x = (data.inputs as number[][]).map(([each]) => each!);
const reach = normalQuantile(0.975);

const numberOf = (fit: MaximumLikelihoodFit, group: string, name: string) =>
  fit.estimates.find((each) => each.group === group && each.name === name)!.value;

test('of one expert under Laplace noise is that of sums of absolute deviations', () => {
  const fit = fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 1,
    data,
    family: 'laplace',
  });
  /** The least sum for a slope: about the median of what is left. */
  const least = (slope: number) => {
    const left = data.response.map((y, i) => y - slope * x[i]!).sort((a, b) => a - b);
    const median = (left[29]! + left[30]!) / 2;
    return left.reduce((sum, each) => sum + Math.abs(each - median), 0);
  };
  const [found] = profileIntervals(fit, data, 'expert 1: x');
  for (const end of found!.interval)
    expect(2 * 60 * Math.log(least(end) / least(found!.value))).toBeCloseTo(reach ** 2, 5);
  const [curve] = profileCurves(fit, data, 'expert 1: x', { points: 3 });
  for (const { value, likelihoodRatio } of curve!.points)
    expect(likelihoodRatio).toBeCloseTo(120 * Math.log(least(value) / least(found!.value)), 8);
});

/** A maximum by the simplex method, from new simplices about the best point until those are of no use. */
function highest(f: (at: number[]) => number, start: number[], random: RandomStream): number {
  let best = { at: start, value: f(start) };
  let idle = 0;
  for (let round = 0; round < 24 && idle < 4; round++) {
    const size = 0.2 * 0.5 ** (round % 8);
    const simplex = [
      best,
      ...start.map(() => {
        const at = best.at.map((each) => each + size * random.normal());
        return { at, value: f(at) };
      }),
    ];
    for (let step = 0; step < 600; step++) {
      simplex.sort((a, b) => b.value - a.value);
      const worst = simplex.pop()!;
      if (simplex[0]!.value - worst.value < 1e-10) {
        simplex.push(worst);
        break;
      }
      const centre = start.map((_, j) => simplex.reduce((sum, { at }) => sum + at[j]! / simplex.length, 0));
      const towards = (length: number) => {
        const at = centre.map((each, j) => each + length * (each - worst.at[j]!));
        return { at, value: f(at) };
      };
      const mirrored = towards(1);
      if (mirrored.value > simplex[0]!.value) {
        const far = towards(2);
        simplex.push(far.value > mirrored.value ? far : mirrored);
      } else if (mirrored.value > simplex.at(-1)!.value) simplex.push(mirrored);
      else {
        const near = towards(mirrored.value > worst.value ? 0.5 : -0.5);
        if (near.value > worst.value) simplex.push(near);
        else {
          simplex.push(worst);
          for (let k = 1; k < simplex.length; k++) {
            const at = simplex[k]!.at.map((each, j) => (each + simplex[0]!.at[j]!) / 2);
            simplex[k] = { at, value: f(at) };
          }
        }
      }
    }
    const top = simplex.reduce((a, b) => (b.value > a.value ? b : a));
    idle = top.value > best.value + 1e-7 ? 0 : idle + 1;
    if (top.value > best.value) best = top;
  }
  return best.value;
}

test.each(['expert 1: x', 'gate 1: x'])(
  'of %s of a mixture under Laplace noise ends where a search among all other numbers says',
  (written) => {
    const fit = fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts: 2,
      data,
      family: 'laplace',
      starts: 3,
    });
    const names = [
      ['gate 1', '(Intercept)'],
      ['gate 1', 'x'],
      ['expert 1', '(Intercept)'],
      ['expert 1', 'x'],
      ['expert 2', '(Intercept)'],
      ['expert 2', 'x'],
      ['expert 1', 'scale'],
      ['expert 2', 'scale'],
    ];
    const held = names.findIndex(([group, name]) => `${group}: ${name}` === written);
    const numbers = names.map(([group, name]) => numberOf(fit, group!, name!));
    const logLikelihood = ([a, b, c, d, e, f, s, t]: number[]) =>
      !(s! > 0 && t! > 0)
        ? -Infinity
        : x.reduce((sum, z, i) => {
            const first = 1 / (1 + Math.exp(-(a! + b! * z)));
            const y = data.response[i]!;
            const one = (first * Math.exp(-Math.abs(y - c! - d! * z) / s!)) / (2 * s!);
            const two = ((1 - first) * Math.exp(-Math.abs(y - e! - f! * z) / t!)) / (2 * t!);
            return sum + Math.log(one + two);
          }, 0);
    expect(logLikelihood(numbers)).toBeCloseTo(fit.logLikelihood, 8);
    const [{ interval }] = profileIntervals(fit, data, written) as [
      ReturnType<typeof profileIntervals>[number],
    ];
    const random = stream(1, written);
    for (const end of interval) {
      const rest = numbers.filter((_, j) => j !== held);
      const top = highest(
        (at) => logLikelihood([...at.slice(0, held), end, ...at.slice(held)]),
        rest,
        random,
      );
      // Nothing is higher, and the search, which kinks hold up, comes near.
      const ratio = 2 * (fit.logLikelihood - top);
      expect(ratio).toBeGreaterThan(reach ** 2 - 1e-5);
      expect(ratio).toBeLessThan(reach ** 2 + 0.02);
    }
  },
);

test('under a gate that takes one expert are those of the lines of each division', () => {
  const fit = fitMaximumLikelihood({ gate: topK({ k: 1 }), expert: linear(), experts: 2, data, starts: 3 });
  const weights = gateProbabilities(fit.measure, data.inputs);
  const sizes = [0, 1].map((e) => weights.filter((each, i) => i % 2 === e && each > 0.5).length);
  for (const e of [0, 1]) {
    const written = `expert ${e + 1}: x`;
    const [{ interval, value }] = profileIntervals(fit, data, written) as [
      ReturnType<typeof profileIntervals>[number],
    ];
    const n = sizes[e]!;
    const far = contrasts(fit, written)[0]!.standardError * Math.sqrt(n * Math.expm1(reach ** 2 / n));
    expect(interval[0]).toBeCloseTo(value - far, 6);
    expect(interval[1]).toBeCloseTo(value + far, 6);
  }
});

/** Three levels, of which two are near at every place. */
function levels(seed: number): Sample {
  const random = stream(seed, 'profile');
  const inputs = Array.from({ length: 80 }, () => [2 * random.uniform() - 1]);
  const response = inputs.map(([z]) => {
    const isFirst = random.uniform() < 0.55;
    const level = z! > 0.3 ? (isFirst ? 2 : -1) : z! < -0.3 ? (isFirst ? -1 : 6) : isFirst ? 2 : 6;
    return level + 0.5 * random.normal();
  });
  return { inputs, response, inputNames: ['x'] };
}

test.each([3, 4])('under a gate that takes two of three: sample %i', (seed) => {
  const sample = levels(seed);
  const options = {
    gate: topK({ k: 2 }),
    expert: constant(),
    experts: 3,
    data: sample,
    variances: 'common',
    starts: 3,
  } as const;
  const fit = fitMaximumLikelihood(options);
  const written = 'expert 2: (Intercept)';
  const [{ interval }] = profileIntervals(fit, sample, written) as [
    ReturnType<typeof profileIntervals>[number],
  ];
  for (const end of interval) {
    // From the fit's own division on, which is still the best: a fit of its own may change it, and here does not.
    const fixed = fitMaximumLikelihood({
      ...options,
      starts: 1,
      initial: { measure: fit.measure },
      structure: { fixed: [`${written} = ${end}`] },
    });
    expect(2 * (fit.logLikelihood - fixed.logLikelihood)).toBeCloseTo(reach ** 2, 4);
  }
});

test('has none of the numbers of a gate that selects, and says why', () => {
  const sample = levels(3);
  const fit = fitMaximumLikelihood({
    gate: topK({ k: 2 }),
    expert: constant(),
    experts: 3,
    data: sample,
    variances: 'common',
    starts: 3,
  });
  expect(() => profileIntervals(fit, sample, 'gate 2: x')).toThrow(
    'a step wherever a row changes its experts',
  );
});
