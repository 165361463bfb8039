/** `moe fit --group`: rows of one person have one expert. */
import { fileURLToPath } from 'node:url';
import { stream } from '@tfjs-moe/core';
import { expect, test } from 'vitest';
import { fit } from '../src/commands/fit.ts';
import { captured } from './captured.ts';
import { tableFiles } from './table-files.ts';

const { file } = tableFiles();

const said = captured();

/** 40 persons with six rows each, at two levels. */
function persons(): string[] {
  const random = stream(1, 'persons');
  return Array.from({ length: 40 }, (_, person) => {
    const z = random.normal();
    const level = random.uniform() < 1 / (1 + Math.exp(-z)) ? 1.5 : -1.5;
    return Array.from(
      { length: 6 },
      () => `person ${person},${level + random.normal()},${z},${random.normal()}`,
    );
  }).flat();
}

async function run(...words: string[]) {
  said.output = [];
  const status = await fit.run(words, said.terminal);
  return { status, text: said.output.join('') };
}

test('--group names the column, of text or numbers, in any order of rows', async () => {
  const rows = persons();
  const words = ['--response', 'y', '--group', 'id', '--inputs', 'z'];
  const sorted = await run(file('sorted.csv', 'id,y,z,x', ...rows), ...words, '--json');
  const found = JSON.parse(sorted.text);
  expect(found).toMatchObject({ converged: true, n: 240, groups: { n: 40 }, inputs: ['z'] });
  expect(found.groups.counts[0] + found.groups.counts[1]).toBe(40);
  expect(found.bic).toBeCloseTo(-2 * found.logLikelihood + found.degreesOfFreedom * Math.log(40), 9);
  const mixed = file(
    'mixed.csv',
    'id,y,z,x',
    ...[...rows].reverse().map((row) => row.replace('person ', '')),
  );
  expect(JSON.parse((await run(mixed, ...words, '--json')).text).logLikelihood).toBeCloseTo(
    found.logLikelihood,
    6,
  );
  const { text } = await run(mixed, ...words, '--errors', 'sandwich');
  expect(text).toContain('n = 240 in 40 groups');
  expect(text).toContain('Standard errors from the sandwich, robust by groups');
});

test('--group is refused where it cannot be, and rows without one are left out if that is asked for', async () => {
  const rows = persons();
  const all = file('all.csv', 'id,y,z,x', ...rows);
  const words = ['--response', 'y', '--group', 'id'];
  await expect(run(all, ...words)).rejects.toThrow(
    'must be the same in all rows of a group, which has one expert: "x"',
  );
  await expect(run(all, ...words, '--gate', 'topK:1')).rejects.toThrow('this one selects');
  await expect(run(all, ...words, '--estimator', 'leastSquares')).rejects.toThrow('--group');
  await expect(run(all, '--response', 'y', '--group', 'who')).rejects.toThrow('there is no such column');
  const holes = file('holes.csv', 'id,y,z,x', ...rows, ',1,0,0');
  await expect(run(holes, ...words, '--inputs', 'z')).rejects.toThrow('row 241 of column "id" is missing');
  const dropped = await run(holes, ...words, '--inputs', 'z', '--missing', 'drop', '--experts', '1');
  expect(dropped.text).toContain('n = 240 in 40 groups');
});

test('a formula with a gate of its own and --group is the sample with the exact maximum that flexmix finds', async () => {
  const folderOf = '../../estimators/test/fixtures/families/poisson_k2_n640_grouped.csv';
  const words = ['y ~ x + offset(offset) | z', '--family', 'poisson', '--group', 'id', '--json'];
  const { status, text } = await run(fileURLToPath(new URL(folderOf, import.meta.url)), ...words);
  expect(status).toBe(0);
  const found = JSON.parse(text);
  expect(found).toMatchObject({ n: 640, groups: { n: 80 }, degreesOfFreedom: 6 });
  expect(Math.abs(found.logLikelihood + 1164.531972)).toBeLessThan(1e-6);
});
