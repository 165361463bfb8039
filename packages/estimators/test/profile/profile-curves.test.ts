/** Curves of profiles: of least squares by closed form, as a line where Wald is right, and as a picture. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { normalQuantile } from '@tfjs-moe/numerics';
import { expect, test } from 'vitest';
import { contrasts, fitMaximumLikelihood, profileCurves, profileIntervals } from '../../src/index.ts';
import { profilePlot } from '../../src/plots/index.ts';

const random = stream(5, 'curves');
const inputs = Array.from({ length: 40 }, () => [random.normal()]);
const data = {
  inputs,
  response: inputs.map(([x]) => (random.uniform() < 0.5 ? 3 + x! : -x!) + 0.6 * random.normal()),
  inputNames: ['x'],
};
const model = { gate: softmax(), expert: linear(), data, starts: 3 } as const;

test('of least squares is that of the closed form, and of a deviation too', () => {
  const fit = fitMaximumLikelihood({ ...model, experts: 1 });
  const error = contrasts(fit, 'expert 1: x')[0]!.standardError;
  const [slope, sigma] = profileCurves(fit, data, ['expert 1: x', 'expert 1: sigma'], { level: 0.9 });
  expect(slope!.points).toHaveLength(21);
  for (const { value, likelihoodRatio, signedRoot, waldRoot, logLikelihood } of slope!.points) {
    const by = (value - slope!.value) / error;
    expect(likelihoodRatio).toBeCloseTo(40 * Math.log1p(by ** 2 / 40), 7);
    expect(signedRoot).toBeCloseTo(Math.sign(by) * Math.sqrt(likelihoodRatio), 9);
    expect(waldRoot).toBeCloseTo(by, 9);
    expect(logLikelihood).toBeCloseTo(fit.logLikelihood - likelihoodRatio / 2, 9);
  }
  // n (log(s^2 / t^2) ...) with all else at its maximum: n (s^2 / t^2 - 1 - log(s^2 / t^2)).
  for (const { value, likelihoodRatio, waldRoot } of sigma!.points) {
    const part = (sigma!.value / value) ** 2;
    expect(likelihoodRatio).toBeCloseTo(40 * (part - 1 - Math.log(part)), 7);
    // Of a deviation Wald is on its logarithm, with the error 1 / sqrt(2 n).
    expect(waldRoot).toBeCloseTo(Math.log(value / sigma!.value) * Math.sqrt(80), 6);
  }
});

test('of a mixture spans the interval of its level in order, and falls to both sides', () => {
  const fit = fitMaximumLikelihood({ ...model, experts: 2 });
  const [curve] = profileCurves(fit, data, 'gate 1: x', { points: 4, level: 0.8 });
  const [{ interval, value }] = profileIntervals(fit, data, 'gate 1: x', { level: 0.8 }) as [
    ReturnType<typeof profileIntervals>[number],
  ];
  expect(curve!.value).toBe(value);
  expect(curve!.points).toHaveLength(9);
  expect(curve!.points[0]!.value).toBeCloseTo(interval[0], 6);
  expect(curve!.points[8]!.value).toBeCloseTo(interval[1], 6);
  expect(curve!.points[4]!.signedRoot).toBe(0);
  const roots = curve!.points.map(({ signedRoot }) => signedRoot);
  for (const [i, root] of roots.slice(1).entries()) expect(root).toBeGreaterThan(roots[i]!);
  expect(roots[8]).toBeCloseTo(normalQuantile(0.9), 5);
  const picture = profilePlot(curve!);
  expect(JSON.stringify(picture.x)).toContain('gate 1: x');
  expect(picture.marks!.length).toBeGreaterThan(4);
});

test.each<[string, () => unknown, string]>([
  ['no points', () => profileCurves(fitted(), data, 'expert 1: x', { points: 0 }), 'points must be'],
  ['a level of 1', () => profileCurves(fitted(), data, 'expert 1: x', { level: 1 }), 'between 0 and 1'],
  [
    'what has no name',
    () => profileCurves(fitted(), data, 'expert 1: u'),
    'profileCurves: written must name',
  ],
  ['a picture of nothing', () => profilePlot({} as never), 'one of profileCurves'],
])('refuses %s', (_, call, message) => {
  expect(call).toThrow(message);
});

function fitted() {
  return fitMaximumLikelihood({ ...model, experts: 1 });
}
