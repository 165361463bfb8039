/** `moe select`, `moe summary` and groups of `moe simulate`: what is done with numbers of experts and with fits that were saved. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../src/command.ts';
import { fit } from '../src/commands/fit.ts';
import { select } from '../src/commands/select.ts';
import { simulate } from '../src/commands/simulate.ts';
import { summary } from '../src/commands/summary.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const said = captured();
const { folder, file } = tableFiles();
const at = (name: string) => join(folder, name);

const random = stream(6, 'saved fits');
const rows = Array.from({ length: 90 }, (_, i) => {
  const x = 2 * random.uniform() - 1;
  const y = (i % 6 < 3 ? 4 + x : -x) + 0.4 * random.normal();
  return `${y},${x},person ${Math.floor(i / 3)},${y > 2 ? 'high' : 'low'}`;
});
const data = file('data.csv', 'y,x,person,kind', ...rows);

async function run(command: Command, ...words: string[]) {
  said.output = [];
  const status = await command.run(words, said.terminal);
  return { status, text: said.output.join('\n') };
}

beforeAll(async () => {
  await fitJson(said, data, 'y ~ x | x', '--save', at('soft.json'), '--starts', '2');
  await fitJson(said, data, 'y ~ x | 1', '--group', 'person', '--save', at('groups.json'), '--starts', '2');
  await fitJson(
    said,
    data,
    '--response',
    'y',
    '--inputs',
    'x',
    '--estimator',
    'leastSquares',
    '--save',
    at('squares.json'),
  );
});

describe('moe select', () => {
  const words = [data, 'y ~ x | 1', '--starts', '2'];

  test('is moe fit --select without the report, and saves the best', async () => {
    const asked = ['--criterion', 'aic', '--json'];
    const found = await run(select, ...words, '--range', '1..3', ...asked, '--save', at('best.json'));
    const wanted = await run(fit, ...words, '--select', '1..3', ...asked);
    expect(found.status).toBe(0);
    expect(JSON.parse(found.text)).toEqual(JSON.parse(wanted.text).selection);
    const shown = await run(select, ...words, '--range', '1..3', '--criterion', 'aic');
    expect((await run(fit, ...words, '--select', '1..3', '--criterion', 'aic')).text).toContain(shown.text);
    const { best } = JSON.parse(found.text);
    expect(JSON.parse((await run(summary, at('best.json'), '--json')).text).experts).toBe(best);
  });

  test('says what is wrong before it fits', async () => {
    await expect(run(select, ...words, '--range', '3..1')).rejects.toThrow('--range must be a range');
    await expect(run(select, ...words, '--experts', '2')).rejects.toThrow('unknown option --experts');
    await expect(run(select, ...words, '--save', data)).rejects.toThrow('would write over');
    await expect(run(select)).rejects.toThrow('give the table');
  });
});

describe('moe summary', () => {
  test.each([
    [[]],
    [['--interval', '0.9', '--errors', 'sandwich', '--test', 'expert 1: x = 0', '--reference', '1']],
  ])('prints what moe fit printed, with %j', async (more) => {
    const wanted = await run(fit, data, 'y ~ x | x', '--starts', '2', ...more);
    expect(await run(summary, at('soft.json'), ...more)).toEqual(wanted);
    const [again, old] = [
      await run(summary, at('soft.json'), '--json', ...more),
      await run(fit, data, 'y ~ x | x', '--starts', '2', '--json', ...more),
    ];
    expect(JSON.parse(again.text)).toEqual(JSON.parse(old.text));
  });

  test('refuses what has no report', async () => {
    await expect(run(summary, at('squares.json'))).rejects.toThrow('fits by least squares');
    expect((await run(summary)).status).toBe(2);
  });
});

describe('moe simulate of a fit with groups', () => {
  /** The experts of every person's rows. */
  async function expertsOf(...words: string[]): Promise<string[][]> {
    const { text } = await run(simulate, ...words, '--at', data, '--components');
    const [heading, ...lines] = text
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const [who, which] = [heading!.indexOf('person'), heading!.indexOf('z')];
    const persons = new Map<string, string[]>();
    for (const line of lines) persons.set(line[who]!, [...(persons.get(line[who]!) ?? []), line[which]!]);
    return [...persons.values()];
  }

  test('draws one expert for a person, by the group of the fit or --group', async () => {
    const [ofFit, asked, rowwise] = [
      await expertsOf(at('groups.json')),
      await expertsOf(at('soft.json'), '--group', 'person'),
      await expertsOf(at('soft.json')),
    ];
    for (const persons of [ofFit, asked]) {
      expect(persons).toHaveLength(30);
      for (const experts of persons) expect(new Set(experts).size).toBe(1);
      expect(new Set(persons.flat()).size).toBe(2);
    }
    expect(rowwise.some((experts) => new Set(experts).size === 2)).toBe(true);
  });

  test('refuses a group that is no column, and one without a table', async () => {
    await expect(run(simulate, at('soft.json'), '--at', data, '--group', 'town')).rejects.toThrow(
      'no such column',
    );
    await expect(run(simulate, at('soft.json'), '--group', 'person')).rejects.toThrow('--at gives');
    expect(readFileSync(data, 'utf8')).toContain('person 0');
  });
});
