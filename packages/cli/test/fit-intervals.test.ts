/** `moe fit --interval` and `--cluster`: how sure the numbers are, at any level, and where rows depend on each other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { normalQuantile } from '@tfjs-moe/numerics';
import { expect, test } from 'vitest';
import { fit } from '../src/commands/fit.ts';
import { captured } from './captured.ts';
import { tableFiles } from './table-files.ts';

const { folder, file } = tableFiles();

const said = captured();

async function run(...words: string[]) {
  said.output = [];
  const status = await fit.run(words, said.terminal);
  return { status, text: said.output.join('') };
}

/** 50 schools with four rows each, whose noise they share. */
function schools(name: string, more: readonly string[] = []): string {
  const random = stream(1, 'schools');
  const rows = Array.from({ length: 50 }, (_, school) => {
    const shared = random.normal();
    const x = random.normal();
    return Array.from({ length: 4 }, () => `school ${school},${1 + x + shared + 0.3 * random.normal()},${x}`);
  }).flat();
  return file(name, 'school,y,x', ...rows, ...more);
}

/** The sandwich of least squares by hand: (X'X)^-1 (sum over clusters of s s') (X'X)^-1 with s = X_g' r_g. */
function robustErrors(path: string): number[] {
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map(([school, y, x]) => ({ school: school!, y: Number(y), x: Number(x) }));
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  const [n, sx, sxx] = [rows.length, total(({ x }) => x), total(({ x }) => x * x)];
  const [sy, sxy] = [total(({ y }) => y), total(({ x, y }) => x * y)];
  const determinant = n * sxx - sx * sx;
  const [a, b] = [(sxx * sy - sx * sxy) / determinant, (n * sxy - sx * sy) / determinant];
  const scores = new Map<string, [number, number]>();
  for (const { school, y, x } of rows) {
    const residual = y - a - b * x;
    const [one, two] = scores.get(school) ?? [0, 0];
    scores.set(school, [one + residual, two + residual * x]);
  }
  const weights = [
    [sxx / determinant, -sx / determinant],
    [-sx / determinant, n / determinant],
  ];
  return weights.map(([one, two]) => {
    const squares = [...scores.values()].map(([s, t]) => (one! * s + two! * t) ** 2);
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  });
}

test('--interval adds intervals at its level to the text, the page and --json', async () => {
  const path = schools('intervals.csv');
  const page = join(folder, 'fit.html');
  const words = [path, '--response', 'y', '--inputs', 'x', '--experts', '1'];
  const plain = await run(...words);
  expect(plain.text).not.toContain('%');
  expect(JSON.parse((await run(...words, '--json')).text).intervals).toBeUndefined();
  const { text } = await run(...words, '--interval', '0.9', '--plot', page);
  expect(text).toMatch(/Estimate +Std\. Error +z value +Pr\(>\|z\|\) +5 % +95 %\n/);
  expect(readFileSync(page, 'utf8')).toContain('90 % interval');
  const found = JSON.parse((await run(...words, '--interval', '0.9', '--json')).text);
  expect(found.intervals.level).toBe(0.9);
  const reach = normalQuantile(0.95);
  const [low, high] = found.intervals.values['expert 1'].x;
  const [value, error] = [found.parameters['expert 1'].x, found.standardErrors['expert 1'].x];
  expect(low).toBeCloseTo(value - reach * error, 12);
  expect(high).toBeCloseTo(value + reach * error, 12);
  // The interval of a standard deviation is on its logarithm.
  const [below, above] = found.intervals.values['expert 1'].sigma;
  expect(below * above).toBeCloseTo(found.parameters['expert 1'].sigma ** 2, 10);
  const shown = text
    .split('\n')
    .find((line) => line.startsWith('x '))!
    .trim()
    .split(/\s+/)
    .slice(-2)
    .map(Number);
  expect(shown[0]).toBeCloseTo(low, 5);
  expect(shown[1]).toBeCloseTo(high, 5);
});

test('what has no standard error has no interval', async () => {
  const words = [schools('none.csv'), 'y ~ x | x', '--experts', '2', '--interval', '0.95', '--json'];
  const { intervals, standardErrors } = JSON.parse((await run(...words)).text);
  expect(standardErrors['gate 2'].x).toBeNull();
  expect(intervals.values['gate 2'].x).toBeNull();
});

test.each(['0', '1', '95', 'wide'])('--interval %s is refused', async (level) => {
  await expect(run(schools('bad.csv'), 'y ~ x', '--interval', level)).rejects.toThrow('--interval');
});

test('--cluster makes the errors robust by clusters, as by hand, with a formula and without', async () => {
  const path = schools('clusters.csv');
  const wanted = robustErrors(path);
  const forms = [['y ~ x'], ['--response', 'y'], ['--response', 'y', '--inputs', 'x']];
  for (const form of forms) {
    const words = [path, ...form, '--experts', '1', '--cluster', 'school'];
    const found = JSON.parse((await run(...words, '--json')).text);
    expect(found).toMatchObject({ n: 200, errors: 'sandwich', clusters: 50, inputs: ['x'] });
    expect(found.standardErrors['expert 1']['(Intercept)'] / wanted[0]!).toBeCloseTo(1, 6);
    expect(found.standardErrors['expert 1'].x / wanted[1]!).toBeCloseTo(1, 6);
    expect((await run(...words)).text).toContain('Standard errors from the sandwich, robust by 50 clusters');
  }
});

test('--cluster is refused where it cannot be, and rows without one are left out if that is asked for', async () => {
  const path = schools('refused.csv');
  const words = [path, '--response', 'y', '--cluster', 'school'];
  await expect(run(...words, '--errors', 'observed')).rejects.toThrow('--errors sandwich');
  await expect(run(...words, '--estimator', 'leastSquares')).rejects.toThrow(
    'least squares have no --cluster',
  );
  await expect(run(path, 'y ~ x', '--cluster', 'town')).rejects.toThrow('there is no such column');
  const holes = schools('holes.csv', [',1,1']);
  const more = ['--inputs', 'x', '--experts', '1', '--cluster', 'school'];
  await expect(run(holes, '--response', 'y', ...more)).rejects.toThrow(
    'row 201 of column "school" is missing',
  );
  for (const form of [['--response', 'y', '--inputs', 'x'], ['y ~ x']]) {
    const dropped = await run(holes, ...form, '--experts', '1', '--cluster', 'school', '--missing', 'drop');
    expect(dropped.text).toContain('robust by 50 clusters');
  }
});

test('--profile-curve has the likelihood along numbers, in the text, in --json and as a picture', async () => {
  const words = [schools('curve.csv'), 'y ~ x', '--experts', '1', '--profile-curve', 'x; z'];
  const { profileCurves: curves, standardErrors } = JSON.parse((await run(...words, '--json')).text);
  expect(curves[0].profile).toBe('x');
  expect(curves[0].points).toHaveLength(21);
  for (const { value, likelihoodRatio } of curves[0].points) {
    const by = (value - curves[0].value) / standardErrors['expert 1'].x;
    expect(likelihoodRatio).toBeCloseTo(200 * Math.log1p(by ** 2 / 200), 6);
  }
  expect(curves[1]).toEqual({
    profile: 'z',
    refused: expect.stringContaining('--profile-curve: written must'),
  });
  const page = join(folder, 'curve.html');
  const { text } = await run(...words, '--plot', page);
  expect(text).toMatch(/Profiles of the likelihood\n\n.*x +Value +logLik +Signed root +Wald\n/);
  const [, section = ''] = readFileSync(page, 'utf8').split('<h2>Profiles</h2>');
  expect(section).toMatch(/<h3>x<\/h3>\n<svg/);
  expect(section).toContain('<p>z: --profile-curve: written must name');
});

test('--profile prints intervals by the likelihood ratio, at the level of --interval', async () => {
  const words = [schools('profile.csv'), 'y ~ x', '--experts', '1', '--profile', 'x; (Intercept) + x; z'];
  const { profiles, parameters, standardErrors } = JSON.parse((await run(...words, '--json')).text);
  expect(profiles.map(({ profile }: { profile: string }) => profile)).toEqual(['x', '(Intercept) + x', 'z']);
  // Of least squares n log(1 + (t - b)^2 / (n s^2)) is chi-squared.
  const reach = standardErrors['expert 1'].x * Math.sqrt(200 * Math.expm1(normalQuantile(0.975) ** 2 / 200));
  expect(profiles[0].low).toBeCloseTo(parameters['expert 1'].x - reach, 6);
  expect(profiles[0].high).toBeCloseTo(parameters['expert 1'].x + reach, 6);
  expect(profiles[2].refused).toContain('--profile: written must name numbers of the tables');
  const { text } = await run(...words, '--interval', '0.9');
  expect(text).toMatch(/Profile likelihood intervals\n\n +Estimate +5 % +95 %\nx {2,}\S+ +\S+ +\S+\n/);
  expect(text).toContain('\n\nz\n  --profile: written must name');
  const page = join(folder, 'profile.html');
  await run(...words, '--interval', '0.9', '--plot', page);
  const html = readFileSync(page, 'utf8');
  const [, section = ''] = html.split('<h2>Profile likelihood intervals</h2>');
  expect(section).toContain('<th>5 %</th><th>95 %</th>');
  expect(section).toContain('<td>x</td>');
  expect(html).toContain('<p>z: --profile: written must name numbers of the tables');
});
