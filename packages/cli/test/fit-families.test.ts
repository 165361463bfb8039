/** `moe fit --family`: the same models as R's, refusals, and what is saved. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compare } from '../src/commands/compare.ts';
import { fit } from '../src/commands/fit.ts';
import { predict } from '../src/commands/predict.ts';
import { simulate } from '../src/commands/simulate.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const { folder, file } = tableFiles();

const said = captured();

const json = (...words: string[]) => fitJson(said, ...words);

test.each([
  [
    'poisson',
    'poisson_k2_n600',
    ['--offset', 'offset'],
    -1669.67644428,
    [1.179659325, 0.28031634618, 0.272375945947],
  ],
  [
    'binomial',
    'binomial_k2_n800',
    ['--trials', 'trials'],
    -1807.73383134,
    [0.0193054484, 0.3251394939663, -0.5132556130002],
  ],
  [
    'negativeBinomial',
    'negativeBinomial_k2_n1000',
    [],
    -2663.55126676,
    [1.583412998278, 0.29451519056, 0.288041205725],
  ],
  ['gamma', 'gamma_k2_n600', [], -953.554948847, [0.588364609617, 0.257008879, 0.27726766074]],
])(
  '--family %s with one expert is the model that glm fits in R',
  async (family, name, more, logLik, coef) => {
    const table = new URL(`../../../packages/estimators/test/fixtures/families/${name}.csv`, import.meta.url);
    const words = ['--response', 'y', '--family', family, '--experts', '1', ...more];
    const found = await json(fileURLToPath(table), ...words);
    expect(found).toMatchObject({ status: 0, family: { kind: family }, inputs: ['x', 'z'] });
    expect(Math.abs(found.logLikelihood - logLik)).toBeLessThan(1e-6);
    const { '(Intercept)': intercept, x, z } = found.parameters['expert 1'];
    [intercept, x, z].forEach((value, j) => {
      expect(Math.abs(value - coef[j]!)).toBeLessThan(1e-6);
    });
  },
);

test('--family is refused where it does not fit the response, and says why', async () => {
  const table = file('counts.csv', 'y,x,z', '1,2,1', '0.5,3,2', '2,1,1', '4,4,1');
  const of = (...words: string[]) => fit.run([table, '--response', 'y', ...words], said.terminal);
  await expect(of('--family', 'poisson')).rejects.toThrow('be counts, integers of at least 0; row 2');
  await expect(of('--family', 'poison')).rejects.toThrow('--family must be one of gaussian, studentT');
  await expect(of('--family', 'poisson:3')).rejects.toThrow('must be a family like poisson or studentT:4');
  await expect(of('--family', 'gamma', '--trials', 'x')).rejects.toThrow(
    'trials are of a family that has them',
  );
  await expect(of('--estimator', 'leastSquares', '--offset', 'x')).rejects.toThrow('least squares have no');
});

test('--save keeps the family, so that moe simulate draws counts from counts', async () => {
  const table = new URL('../../estimators/test/fixtures/families/poisson_k3_n1200.csv', import.meta.url);
  const [saved, drawn] = [join(folder, 'counts.json'), join(folder, 'counts-drawn.csv')];
  const words = [
    '--response',
    'y',
    '--family',
    'poisson',
    '--offset',
    'offset',
    '--starts',
    '2',
    '--save',
    saved,
  ];
  await json(fileURLToPath(table), ...words);
  expect(JSON.parse(readFileSync(saved, 'utf8')).family).toEqual({ kind: 'poisson' });
  const at = ['--at', fileURLToPath(table), '--inputs', 'x,z', '--out', drawn];
  expect(await simulate.run([saved, ...at], said.terminal)).toBe(0);
  const [head, ...rows] = readFileSync(drawn, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const place = head!.indexOf('y');
  expect(rows.length).toBe(1200);
  expect(rows.every((row) => /^\d+$/.test(row[place]!))).toBe(true);
});

test('moe simulate draws at the offset of the table that the fit was of, and refuses a table without', async () => {
  const saved = join(folder, 'exposed.json');
  const lines = Array.from({ length: 200 }, (_, i) => `${(i * 7) % 5},${(i % 20) / 10},0`);
  const table = file('exposed.csv', 'y,x,exposure', ...lines);
  await json(
    table,
    '--response',
    'y',
    '--family',
    'poisson',
    '--offset',
    'exposure',
    '--experts',
    '1',
    '--save',
    saved,
  );
  const mean = async (...words: string[]) => {
    said.output = [];
    expect(await simulate.run([saved, '--at', ...words], said.terminal)).toBe(0);
    const [head, ...rows] = said.output
      .join('\n')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect(head).toEqual(['x', words.at(-1) === 'other' ? 'other' : 'exposure', 'y']);
    return rows.reduce((sum, row) => sum + Number(row[2]), 0) / rows.length;
  };
  const longer = file('longer.csv', 'x,exposure', ...lines.map((_, i) => `${(i % 20) / 10},${Math.log(50)}`));
  const [once, often] = [await mean(table, '--inputs', 'x'), await mean(longer)];
  expect(often / once).toBeGreaterThan(40);
  expect(often / once).toBeLessThan(60);
  const other = file('other.csv', 'x,other', ...lines.map((_, i) => `${(i % 20) / 10},${Math.log(50)}`));
  await expect(simulate.run([saved, '--at', other], said.terminal)).rejects.toThrow('no such column');
  expect(await mean(other, '--inputs', 'x', '--offset', 'other')).toBe(often);
});

test('counts and answers of yes or no that are fitted as numbers get a hint that names the option', async () => {
  const lines = (of: (i: number) => number) =>
    Array.from({ length: 60 }, (_, i) => `${of(i)},${(i * 13) % 17}`);
  const reasons = async (name: string, of: (i: number) => number, ...words: string[]) =>
    (await json(file(name, 'y,x', ...lines(of)), '--response', 'y', '--experts', '1', ...words)).warnings as {
      reason: string;
      text: string;
    }[];
  const counts = await reasons('few.csv', (i) => (i * 7) % 5);
  expect(counts.map(({ reason }) => reason)).toEqual(['counts as numbers']);
  expect(counts[0]!.text).toContain('--family poisson');
  expect((await reasons('yes.csv', (i) => (i % 3 === 0 ? 1 : 0)))[0]!.text).toContain('--family binomial');
  expect(await reasons('few.csv', (i) => (i * 7) % 5, '--family', 'poisson')).toEqual([]);
  expect(await reasons('years.csv', (i) => 1900 + ((i * 7) % 41))).toEqual([]);
  expect(await reasons('negative.csv', (i) => ((i * 7) % 5) - 2)).toEqual([]);
});

test('--zero-expert is of counts that are 0 for two reasons, and refused elsewhere', async () => {
  const lines = Array.from({ length: 300 }, (_, i) => {
    const isNever = (i * 7) % 5 < 2;
    return `${isNever ? 0 : [2, 3, 1, 4, 2, 5, 3][i % 7]},${(i * 13) % 17}`;
  });
  const table = file('zeros.csv', 'y,x', ...lines);
  const words = [table, '--response', 'y', '--family', 'poisson'];
  const found = await json(...words, '--zero-expert');
  expect(found).toMatchObject({ status: 0, zeroExpert: true, degreesOfFreedom: 4, warnings: [] });
  expect(found.shares[1]).toBeGreaterThan(0.3);
  said.output = [];
  expect(await fit.run([...words, '--zero-expert'], said.terminal)).toBe(0);
  expect(said.output.join('')).toContain('expert 2: zero');
  await expect(fit.run([table, '--response', 'y', '--zero-expert'], said.terminal)).rejects.toThrow(
    'a zero expert is for counts',
  );
  await expect(
    fit.run([table, '--response', 'y', '--zero-expert', '--estimator', 'leastSquares'], said.terminal),
  ).rejects.toThrow('least squares have no --zero-expert');
});

test('--family poisson,negativeBinomial gives each expert its own, which files, predictions and draws keep', async () => {
  const lines = Array.from({ length: 240 }, (_, i) => {
    const isWild = (i * 7) % 5 < 2;
    return `${isWild ? [0, 0, 9, 1, 0, 25, 2][i % 7] : [3, 4, 2, 5, 3, 4, 6][i % 7]},${(i * 13) % 17}`;
  });
  const table = file('two-laws.csv', 'y,x', ...lines);
  const saved = join(folder, 'two-laws.json');
  const words = [table, 'y ~ x | 1', '--family', 'poisson,negativeBinomial', '--starts', '3'];
  const found = await json(...words, '--save', saved);
  expect(found).toMatchObject({ experts: 2, degreesOfFreedom: 6, family: { kind: 'perExpert' } });
  expect(Object.keys(found.parameters['expert 1'])).not.toContain('theta');
  expect(found.parameters['expert 2'].theta).toBeLessThan(5);
  said.output = [];
  expect(await compare.run([saved, saved], said.terminal)).toBe(0);
  expect(said.output.join('')).toContain('poisson, negativeBinomial');
  said.output = [];
  expect(await predict.run([saved, table], said.terminal)).toBe(0);
  expect(said.output.join('\n').trim().split('\n')).toHaveLength(241);
  said.output = [];
  expect(await simulate.run([saved, '--at', table], said.terminal)).toBe(0);
  expect(said.output.join('\n').split('\n')[0]).toBe('x,y');
  const of = (...more: string[]) => fit.run([table, 'y ~ x', ...more], said.terminal);
  await expect(of('--family', 'poisson,gaussian')).rejects.toThrow(
    'one is for counts, the other for numbers',
  );
  await expect(of('--family', 'poisson,negativeBinomial', '--select', '1..3')).rejects.toThrow(
    'family must be one for all, or one for each of 1 experts',
  );
  await expect(of('--family', 'poisson,poisson', '--experts', '3')).rejects.toThrow(
    'family must be one for all, or one for each of 3 experts',
  );
  await expect(of('--criterion', 'aic')).rejects.toThrow('--criterion chooses among');
  await expect(of('--variances', 'common', '--estimator', 'leastSquares')).rejects.toThrow('no --variances');
  await expect(of('--family', 'gaussian,studentT:4', '--estimator', 'leastSquares')).rejects.toThrow(
    'least squares have no',
  );
});
