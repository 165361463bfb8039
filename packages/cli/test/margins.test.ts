/** `moe margins`: average marginal effects of a saved fit. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { margins } from '../src/commands/margins.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const said = captured();
const { folder, file } = tableFiles();
const at = (name: string) => join(folder, name);

const random = stream(4, 'margins');
const sites = ['a', 'b', 'c'] as const;
const rows = Array.from({ length: 150 }, (_, i) => {
  const x = 2 * random.uniform() - 1;
  const site = sites[i % 3]!;
  const first = random.uniform() < 0.5 + 0.4 * x;
  const y = (first ? 3 + x * x + x : -1) + { a: 0, b: 0.5, c: 1 }[site] + 0.3 * random.normal();
  return { x, site, y, w: 1 + (i % 2), t: 1 + (i % 4), kind: y > 2.5 ? 'high' : y > 0 ? 'mid' : 'low' };
});
const lines = rows.map(({ x, site, y, w, t, kind }) => `${y},${x},${site},${w},${t},${kind}`);
const data = file('data.csv', 'y,x,site,w,t,kind', ...lines);

async function run(...words: string[]): Promise<string> {
  said.output = [];
  expect(await margins.run(words, said.terminal)).toBe(0);
  return said.output.join('');
}
const json = async (...words: string[]) => JSON.parse(await run(...words, '--json'));

beforeAll(async () => {
  const save = (name: string, ...words: string[]) =>
    fitJson(said, data, ...words, '--save', at(name), '--starts', '2');
  await save('one.json', 'y ~ x + I(x^2) + site', '--experts', '1');
  await save('mixed.json', 'y ~ x + I(x^2) + site | x');
  await save('plain.json', '--response', 'y', '--inputs', 'x,t', '--experts', '1', '--offset', 'w');
  await save('classes.json', 'kind ~ x', '--experts', '1', '--family', 'multinomial');
  await save('squares.json', '--response', 'y', '--inputs', 'x', '--estimator', 'leastSquares');
});

describe('moe margins', () => {
  test('moves a column in all of its terms, and compares levels with the first', async () => {
    const saved = await fitJson(said, data, 'y ~ x + I(x^2) + site', '--experts', '1');
    const { parameters, standardErrors } = saved;
    const { effects, ...about } = await json(at('one.json'), data);
    expect(about).toEqual({ response: 'y', n: 150, of: 'effects', errors: 'observed', level: 0.95 });
    const of = (i: number) => [effects[i].variable, effects[i].contrast];
    expect([of(0), of(1), of(2)]).toEqual([
      ['x', 'dY/dX'],
      ['site', 'b - a'],
      ['site', 'c - a'],
    ]);
    const mean = rows.reduce((sum, { x }) => sum + x / 150, 0);
    expect(effects[0].value).toBeCloseTo(
      parameters['expert 1'].x + 2 * mean * parameters['expert 1']['I(x^2)'],
      8,
    );
    expect(effects[1].value).toBeCloseTo(parameters['expert 1'].siteb, 10);
    expect(effects[2].standardError).toBeCloseTo(standardErrors['expert 1'].sitec, 10);
  });

  test('prints a table, with --variables, --means, --weights and --level', async () => {
    const words = [at('mixed.json'), data, '--variables', 'site', '--weights', 'w'];
    const text = await run(...words, '--means', '--level', '0.9', '--errors', 'sandwich');
    expect(text).toMatch(/^Average of the expected y; 150 rows\n\n +Estimate {2}Std. Error .* 5 % +95 %\n/);
    expect(text).toMatch(
      /\nsite {2}a .*\nsite {2}b .*\nsite {2}c .*\n---\nStandard errors from the sandwich/,
    );
    const [means, { effects }] = [await json(...words, '--means'), await json(...words)];
    expect(effects).toHaveLength(2);
    expect(effects[1].value).toBeCloseTo(means.effects[2].value - means.effects[0].value, 10);
  });

  test('reads inputs without a formula, and offsets', async () => {
    const { effects } = await json(at('plain.json'), data);
    expect(effects.map(({ variable }: { variable: string }) => variable)).toEqual(['x', 't']);
  });

  test('of classes has the effect on the probability of each, by name', async () => {
    const { effects } = await json(at('classes.json'), data);
    expect(effects.map((each: { class: string }) => each.class)).toEqual(['high', 'low', 'mid']);
    expect(await run(at('classes.json'), data)).toContain('on the probabilities of kind');
  });

  test('says what is wrong', async () => {
    const { report: _, ...old } = JSON.parse(readFileSync(at('one.json'), 'utf8'));
    writeFileSync(at('old.json'), JSON.stringify(old));
    for (const [words, message] of [
      [[at('squares.json'), data], 'must have its standard errors'],
      [[at('old.json'), data], 'must have its standard errors'],
      [
        [at('one.json'), data, '--variables', 'w'],
        '--variables must be columns that the fit reads (x, site)',
      ],
      [[at('one.json'), file('new.csv', 'x,site', '1,d')], 'must be one of its levels (a, b, c)'],
      [[at('plain.json'), data, '--means'], '--means needs a factor'],
      [[at('one.json'), data, '--level', '1'], 'such as 0.95'],
    ] as const)
      await expect(run(...words)).rejects.toThrow(message);
    expect(await margins.run([at('one.json')], said.terminal)).toBe(2);
  });
});
