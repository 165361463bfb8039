/** `moe fit TABLE FORMULA`: what each side sees, and new rows read as the old. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stream } from '@tfjs-moe/core';
import { expect, test } from 'vitest';
import { fit } from '../src/commands/fit.ts';
import { simulate } from '../src/commands/simulate.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const { folder, file } = tableFiles();
const said = captured();

const json = (...words: string[]) => fitJson(said, ...words);

const random = stream(1, 'formula');
const rows = Array.from({ length: 120 }, (_, i) => {
  const [x, z, site] = [random.normal(), random.normal(), ['a', 'b', 'c'][i % 3]!];
  const line = random.uniform() < 1 / (1 + Math.exp(-z)) ? 2 + x : -2 - x;
  return `${line + (site === 'b' ? 1 : 0) + 0.3 * random.normal()},${x},${site},${z}`;
});
const table = file('table.csv', 'y,x,site,z', ...rows);
const quick = ['--starts', '2'];

test('a sample of the reference with a formula as R has it', async () => {
  const counts = new URL('../../estimators/test/fixtures/families/poisson_k2_n600.csv', import.meta.url);
  const found = await json(fileURLToPath(counts), 'y ~ x + offset(offset) | z', '--family', 'poisson');
  expect(found).toMatchObject({ status: 0, inputs: ['x', 'z'], degreesOfFreedom: 6 });
  expect(found.logLikelihood).toBeCloseTo(-1228.030136844, 6);
  expect(found.parameters['expert 1']).toEqual({ '(Intercept)': expect.any(Number), x: expect.any(Number) });
  expect(found.parameters['gate 1']).toEqual({ '(Intercept)': expect.any(Number), z: expect.any(Number) });
});

test('factors, powers, constant weights, and constants taken away', async () => {
  const found = await json(table, 'y ~ site * x | z', ...quick);
  expect(Object.keys(found.parameters['expert 1'])).toEqual(
    expect.arrayContaining(['(Intercept)', 'siteb', 'sitec', 'x', 'siteb:x', 'sitec:x', 'sigma']),
  );
  expect((await json(table, 'y ~ x | 1', ...quick)).degreesOfFreedom).toBe(7);
  expect((await json(table, 'y ~ x - 1 | z - 1', ...quick)).degreesOfFreedom).toBe(5);
  expect((await json(table, 'y ~ 1', ...quick)).degreesOfFreedom).toBe(5);
});

test.each([
  ['a formula', ['y ~ x + site | z']],
  ['--factors', ['--response', 'y', '--inputs', 'x,site,z', '--factors', 'site']],
])(
  'what %s said is saved: moe simulate reads new rows by it, and refuses a level by name',
  async (_, how) => {
    const saved = join(folder, 'fit.json');
    await json(table, ...how, ...quick, '--save', saved);
    const added = file('added.csv', 'z,site,x', '1,c,0.5', '0.5,a,-1');
    const drawn = join(folder, 'drawn.csv');
    expect(await simulate.run([saved, '--at', added, '--out', drawn], said.terminal)).toBe(0);
    const [head, first, ...rest] = readFileSync(drawn, 'utf8').trim().split('\n');
    expect(head).toBe('z,site,x,y');
    expect(first).toMatch(/^1,c,0\.5,-?\d/);
    expect(rest).toHaveLength(1);
    const strange = file('strange.csv', 'x,site,z', '1,a,0', '1,d,0');
    await expect(simulate.run([saved, '--at', strange], said.terminal)).rejects.toThrow(
      /row 2 of .*site.* must be one of its levels \(a, b, c\)\. Received: "d"/,
    );
  },
);

test('an offset of the formula is drawn with', async () => {
  const counts = Array.from(
    { length: 40 },
    (_, i) => `${(i % 3) + 1000 * (i % 2)},${i / 40},${i % 2 ? 1000 : 1}`,
  );
  const exposed = file('exposed.csv', 'y,x,t', ...counts);
  const [saved, drawn] = [join(folder, 'exposed.json'), join(folder, 'exposed-drawn.csv')];
  const words = ['y ~ x + offset(log(t)) | 1', '--family', 'poisson', '--experts', '1'];
  await json(exposed, ...words, '--save', saved);
  expect(await simulate.run([saved, '--at', exposed, '--out', drawn], said.terminal)).toBe(0);
  const sums = [0, 0];
  const [, ...lines] = readFileSync(drawn, 'utf8').trim().split('\n');
  lines.forEach((line, i) => {
    sums[i % 2]! += Number(line.split(',').at(-1)) / 20;
  });
  expect(sums[0]).toBeLessThan(10);
  expect(sums[1]).toBeGreaterThan(500);
});

test('what is said twice, or cannot be read, is refused', async () => {
  const run = (...words: string[]) => fit.run([table, ...words], said.terminal);
  await expect(run('y ~ x', '--response', 'y')).rejects.toThrow('the formula says what --response would');
  await expect(run('z')).rejects.toThrow('behind it a formula in quotes');
  await expect(run('y ~ x', 'z')).rejects.toThrow('one table and one formula');
  await expect(run('y ~ w')).rejects.toThrow('there is no such column');
  await expect(run()).rejects.toThrow('or a formula behind the table');
});
