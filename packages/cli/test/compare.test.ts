/** `moe compare`: saved fits side by side. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { incompleteGamma } from '@tfjs-moe/numerics';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../src/commands/compare.ts';
import { predict } from '../src/commands/predict.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const { folder, file } = tableFiles();
const said = captured();
const at = (name: string) => join(folder, name);

const random = stream(3, 'compare');
const rows = Array.from({ length: 120 }, (_, i) => {
  const x = random.normal();
  return `${x},${(i % 2 === 0 ? 2 * x + 3 : -x) + 0.5 * random.normal()},${Math.floor(6 * random.uniform())},${[0.1, 0.7, 1.3][i % 3]}`;
});
const table = (name: string, lines: readonly string[]) => file(name, 'x,y,count,w', ...lines);

/** What `moe fit --json` said of each saved fit. */
const found: Record<string, { logLikelihood: number; degreesOfFreedom: number; bic: number; icl: number }> =
  {};

async function save(name: string, ...words: string[]) {
  found[name] = await fitJson(said, ...words, '--save', at(name));
}

beforeAll(async () => {
  const data = table('data.csv', rows);
  const reordered = table('reordered.csv', [...rows].reverse());
  await save('one.json', data, 'y ~ x', '--experts', '1');
  await save('common.json', data, 'y ~ x | 1', '--variances', 'common');
  await save('own.json', reordered, 'y ~ x | 1');
  await save('fewer.json', table('fewer.csv', rows.slice(1)), 'y ~ x | 1');
  await save('weighted.json', data, 'y ~ 1', '--experts', '1', '--weights', 'w');
  await save('weighted-more.json', reordered, 'y ~ x', '--experts', '1', '--weights', 'w');
  await save('counts.json', data, 'count ~ x', '--family', 'poisson', '--experts', '1');
  await save('counts-as-numbers.json', data, 'count ~ x', '--experts', '1');
  await save('squares.json', data, '--response', 'y', '--inputs', 'x', '--estimator', 'leastSquares');
  const { fit: _, ...old } = JSON.parse(readFileSync(at('own.json'), 'utf8'));
  writeFileSync(at('old.json'), JSON.stringify(old));
});

async function run(...words: string[]) {
  said.output = [];
  const paths = words.map((word) => (word.startsWith('--') ? word : at(word)));
  expect(await compare.run(paths, said.terminal)).toBe(0);
  return said.output.join('').replaceAll(`${folder}/`, '');
}
const json = async (...words: string[]) => JSON.parse(await run(...words, '--json'));

describe('moe compare', () => {
  test('shows the numbers that each fit had, and the smallest criteria', async () => {
    const { fits, best, notes } = await json('one.json', 'common.json', 'own.json');
    expect(notes).toEqual([]);
    fits.forEach((row: { file: string; converged: boolean; n: number }) => {
      const { logLikelihood, degreesOfFreedom, bic, icl } = found[row.file]!;
      expect(row).toMatchObject({ logLikelihood, degreesOfFreedom, bic, icl, n: 120, converged: true });
    });
    const smallest = Object.keys(found).slice(0, 3);
    smallest.sort((a, b) => found[a]!.bic - found[b]!.bic);
    expect(best.bic).toBe(smallest[0]);
    const text = await run('one.json', 'common.json', 'own.json');
    expect(text).toContain(found['common.json']!.logLikelihood.toFixed(3));
    expect(text.split('\n').find((line) => line.includes('BIC') && line.includes('<-'))).toMatch(
      new RegExp(`^${best.bic} `),
    );
  });

  test('--nested tests each fit against the next, whatever the order of rows', async () => {
    const { tests } = await json('common.json', 'own.json', '--nested');
    const statistic = 2 * (found['own.json']!.logLikelihood - found['common.json']!.logLikelihood);
    expect(tests).toHaveLength(1);
    expect(tests[0]).toMatchObject({ smaller: 'common.json', larger: 'own.json', degreesOfFreedom: 1 });
    expect(tests[0].statistic).toBeCloseTo(statistic, 9);
    expect(tests[0].pValue).toBeCloseTo(incompleteGamma(0.5, statistic / 2)[1], 12);
    expect(await run('common.json', 'own.json', '--nested')).toContain('common.json within own.json');
    expect((await json('common.json', 'own.json')).tests).toBeUndefined();
  });

  test('weights are of one sample too, whose sum in another order is another by rounding', async () => {
    const { tests, notes } = await json('weighted.json', 'weighted-more.json', '--nested');
    expect(notes).toEqual([]);
    expect(tests[0].degreesOfFreedom).toBe(1);
  });

  test.each([
    [['own.json', 'common.json'], 'must have more degrees of freedom'],
    [['one.json', 'common.json'], 'moe test is for them'],
    [['fewer.json', 'own.json'], 'the same responses'],
    [['counts.json', 'counts-as-numbers.json'], 'probabilities or densities of both'],
    [['old.json', 'own.json'], 'needs the log-likelihood of every fit'],
    [['squares.json', 'own.json'], 'needs the log-likelihood of every fit'],
  ])('--nested %s is refused', async (files, message) => {
    const refused = run(...files, '--nested');
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(/[^.]\.$/);
  });

  test('what cannot be compared is said, and no criterion is called the smallest', async () => {
    const rowsOf = await json('own.json', 'fewer.json');
    expect(rowsOf.best).toBeUndefined();
    expect(rowsOf.notes).toHaveLength(1);
    expect(rowsOf.notes[0]).toContain('not of the same responses');
    expect((await json('own.json', 'weighted.json')).notes[0]).toContain('not of the same responses');
    const laws = await json('counts.json', 'counts-as-numbers.json');
    expect(laws.best).toBeUndefined();
    expect(laws.notes[0]).toContain('one is of probabilities, one of densities');
  });

  test('a file of an earlier version is read as before, and says what it lacks', async () => {
    const { fits, notes } = await json('old.json', 'own.json', 'one.json', 'squares.json');
    expect(fits[0]).toMatchObject({ file: 'old.json', experts: 2, logLikelihood: null, converged: null });
    expect(fits[3]).toMatchObject({ experts: 2, logLikelihood: null, n: 120 });
    expect(notes[0]).toMatch(/^old\.json lacks the log-likelihood, df, n and whether it converged/);
    expect(notes[1]).toContain('squares.json is of least squares');
    said.output = [];
    expect(await predict.run([at('old.json'), at('data.csv')], said.terminal)).toBe(0);
  });

  test('a fit that did not converge is called so', async () => {
    const saved = JSON.parse(readFileSync(at('own.json'), 'utf8'));
    saved.fit.converged = false;
    writeFileSync(at('ended.json'), JSON.stringify(saved));
    expect(await run('ended.json', 'one.json')).toContain('NOT CONVERGED');
  });

  test('numbers that were changed by hand are refused by name', async () => {
    const saved = JSON.parse(readFileSync(at('own.json'), 'utf8'));
    for (const [name, value] of Object.entries({ bic: null, converged: 'yes', estimator: 'guess', n: '1' })) {
      writeFileSync(at('bad.json'), JSON.stringify({ ...saved, fit: { ...saved.fit, [name]: value } }));
      await expect(run('bad.json', 'own.json')).rejects.toThrow(name);
    }
    await expect(run('own.json')).rejects.toThrow('give two fits or more');
    await expect(run('own.json', 'none.json')).rejects.toThrow('moe fit --save');
  });
});
