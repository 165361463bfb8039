/** `moe predict` and `moe assign`: what a saved fit says of the rows of a table. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { readTable, sampleOfFormula } from '@tfjs-moe/datasets';
import { fitFromJSON } from '@tfjs-moe/estimators';
import { responsibilities } from '@tfjs-moe/measures';
import { beforeAll, describe, expect, test } from 'vitest';
import { assign } from '../src/commands/assign.ts';
import { fit } from '../src/commands/fit.ts';
import { predict } from '../src/commands/predict.ts';
import { captured } from './captured.ts';
import { tableFiles } from './table-files.ts';

const { folder, file } = tableFiles();
const said = captured();

const random = stream(9);
const rows = Array.from({ length: 240 }, (_, i) => {
  const x = 4 * random.uniform() - 2;
  const site = ['north', 'south, inner', 'west'][i % 3]!;
  const z = random.normal();
  const isFirst = z + 0.3 * random.normal() > 0;
  const y = (isFirst ? 2 + x : -2 - x) + (i % 3) + 0.2 * random.normal();
  const count = Math.round(Math.exp(isFirst ? 1 + 0.3 * x : 3 - 0.2 * x) + random.uniform());
  const kind = isFirst ? (x > 0 ? 'red' : 'blue') : 'green';
  return [y, x, `"${site}"`, z, count, kind, 2].join(',');
});
const head = 'y,x,site,z,count,kind,exposure';
const table = file('table.csv', head, ...rows);
const saved = (name: string) => join(folder, `${name}.json`);

/** Fits before any test, so that each can ask for any of them. */
async function fitted(name: string, ...words: string[]): Promise<void> {
  const quiet = { isTTY: false, write: () => {}, failure: () => undefined };
  const terminal = { output: quiet, errors: quiet };
  const status = await fit.run([table, ...words, '--starts', '3', '--save', saved(name)], terminal);
  expect(status).toBe(0);
}

beforeAll(async () => {
  await fitted('gaussian', 'y ~ x + site | z', '--experts', '2');
  await fitted('poisson', 'count ~ x + offset(log(exposure)) | z', '--family', 'poisson', '--experts', '2');
  await fitted('plain', '--response', 'y', '--inputs', 'x,z', '--experts', '2');
});

/** The table that a command writes. */
async function written(command: typeof predict, ...words: string[]) {
  expect(await command.run(words, said.terminal)).toBe(0);
  const { columns, size } = readTable(said.output.join('\n'));
  return { size, names: columns.map(({ name }) => name), of: (name: string) => columnIn(columns, name) };
}

function columnIn(
  columns: ReturnType<typeof readTable>['columns'],
  name: string,
): readonly (string | number | null)[] {
  return columns.find((column) => column.name === name)!.values;
}

describe('moe predict', () => {
  test('writes the table with mean, interval, gate and experts, whose intervals hold what was seen', async () => {
    const { names, size, of } = await written(predict, saved('gaussian'), table);
    expect(names).toEqual([
      ...head.split(','),
      ...['mean', 'sd', 'low', 'high', 'gate 1', 'gate 2', 'expert 1', 'expert 2'],
    ]);
    expect(size).toBe(240);
    const [low, high, mean] = [of('low'), of('high'), of('mean')] as number[][];
    const held = (of('y') as number[]).filter((y, i) => y >= low![i]! && y <= high![i]!).length;
    expect(held / 240).toBeGreaterThan(0.92);
    mean!.forEach((value, i) => {
      const [g, h] = ['gate', 'expert'].map((part) => [1, 2].map((e) => of(`${part} ${e}`)[i] as number));
      expect(value).toBeCloseTo(g![0]! * h![0]! + g![1]! * h![1]!, 10);
    });
  });

  test('reads new rows as the fit read its own, without the response, and refuses a level that it never saw', async () => {
    const few = file('new.csv', 'site,z,x', 'west,0.1,1', '"south, inner",-1,0');
    const { names, of } = await written(predict, saved('gaussian'), few);
    expect(names.slice(0, 4)).toEqual(['site', 'z', 'x', 'mean']);
    expect(of('site')).toEqual(['west', 'south, inner']);
    const again = file('one.csv', 'z,x,site', '-1,0,"south, inner"');
    said.output = [];
    const one = await written(predict, saved('gaussian'), again);
    expect(one.of('mean')[0]).toBe(of('mean')[1]);
    const strange = file('strange.csv', 'site,z,x', 'east,0,0');
    await expect(predict.run([saved('gaussian'), strange], said.terminal)).rejects.toThrow('east');
  });

  test('of counts has whole numbers for ends, and the exposure of each row', async () => {
    const one = file('exposed.csv', 'x,z,exposure', '0,1,2', '0,1,4');
    const { of } = await written(predict, saved('poisson'), one, '--level', '0.5');
    expect((of('mean')[1] as number) / (of('mean')[0] as number)).toBeCloseTo(2, 10);
    for (const end of ['low', 'high']) for (const y of of(end)) expect(Number.isInteger(y)).toBe(true);
  });

  test('takes the columns that the fit names, whatever else is in the table', async () => {
    const out = join(folder, 'out.csv');
    expect(await predict.run([saved('plain'), table, '--out', out], said.terminal)).toBe(0);
    expect(said.output).toEqual([]);
    expect(readFileSync(out, 'utf8').split('\n')[0]).toBe(
      `${head},mean,sd,low,high,gate 1,gate 2,expert 1,expert 2`,
    );
  });
});

describe('moe assign', () => {
  test('says which expert explains each row, by probabilities that sum to 1', async () => {
    const { names, of } = await written(assign, saved('gaussian'), table);
    expect(names.slice(-3)).toEqual(['expert', 'expert 1', 'expert 2']);
    const [one, two] = [of('expert 1'), of('expert 2')] as number[][];
    of('expert').forEach((expert, i) => {
      expect(one![i]! + two![i]!).toBeCloseTo(1, 12);
      expect(expert).toBe(one![i]! >= two![i]! ? 1 : 2);
    });
    expect(new Set(of('expert')).size).toBe(2);
  });

  const derived: [string, string[]][] = [
    ['log(count) ~ poly(x, 2) * site + offset(log(exposure)) | I(z^2) + z', []],
    ['cbind(y, log(count + 1)) ~ factor(site) + x | z', []],
    ['ceiling(exp(z)) ~ scale(x) | 1', ['--family', 'binomial', '--trials', 'exposure']],
  ];
  test.each(derived)('reads what the formula %s derives from the table', async (formula, more) => {
    const few = rows.slice(0, 90).map((row) => `${row.slice(0, row.lastIndexOf(','))},40`);
    const own = file('derived.csv', head, ...few);
    const quiet = { isTTY: false, write: () => {}, failure: () => undefined };
    const to = saved('derived');
    const words = [own, formula, ...more, '--experts', '2', '--starts', '2', '--save', to];
    expect(await fit.run(words, { output: quiet, errors: quiet })).toBe(0);
    const { of } = await written(assign, to, own);
    const trials = more.length > 0 ? { trials: 'exposure' } : {};
    const { measure } = fitFromJSON(JSON.parse(readFileSync(to, 'utf8')));
    const known = responsibilities(
      measure,
      sampleOfFormula(readTable(readFileSync(own, 'utf8')), formula, trials),
    );
    of('expert 1').forEach((chance, i) => {
      expect(chance).toBeCloseTo(known[2 * i]!, 10);
    });
    if (formula.includes('offset'))
      for (const command of [assign, predict])
        await expect(command.run([to, own, '--offset', 'z'], said.terminal)).rejects.toThrow(
          'the formula of the fit has one of its own, offset(log(exposure))',
        );
  });

  test('of a group is one expert', async () => {
    const grouped = file(
      'grouped.csv',
      'id,y,x',
      ...Array.from({ length: 60 }, (_, i) => {
        const slope = Math.floor(i / 4) % 2 === 0 ? 2 : -2;
        const x = random.normal();
        return `p${Math.floor(i / 4)},${slope * x + 0.1 * random.normal()},${x}`;
      }),
    );
    const words = [
      'y ~ x | 1',
      '--group',
      'id',
      '--experts',
      '2',
      '--starts',
      '3',
      '--save',
      saved('grouped'),
    ];
    expect(await fit.run([grouped, ...words], said.terminal)).toBe(0);
    said.output = [];
    const { of } = await written(assign, saved('grouped'), grouped);
    of('expert').forEach((expert, i) => {
      expect(expert).toBe(of('expert')[i - (i % 4)]);
    });
    expect(new Set(of('expert')).size).toBe(2);
  });
});

test('classes have their names', async () => {
  const words = ['kind ~ x | 1', '--family', 'multinomial', '--experts', '1', '--save', saved('classes')];
  await fit.run([table, ...words], said.terminal);
  said.output = [];
  const { names, of } = await written(predict, saved('classes'), table);
  expect(names.slice(7)).toEqual(['class', 'P(blue)', 'P(green)', 'P(red)', 'gate 1']);
  of('class').forEach((kind, i) => {
    const p = ['blue', 'green', 'red'].map((each) => of(`P(${each})`)[i] as number);
    expect(p.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 10);
    expect(p[['blue', 'green', 'red'].indexOf(kind as string)]).toBe(Math.max(...p));
  });
  said.output = [];
  expect(await assign.run([saved('classes'), table], said.terminal)).toBe(0);
  const other = file('other.csv', 'kind,x,z,site', 'violet,0,0,west');
  await expect(assign.run([saved('classes'), other], said.terminal)).rejects.toThrow(
    'must be a class of the fit: blue, green, red',
  );
});

test.each<[string, string[], string]>([
  ['predict without a table', [saved('gaussian')], ''],
  ['a level of 1', [saved('gaussian'), table, '--level', '1'], '--level must be a level between 0 and 1'],
  ['a file that is no fit', [table, table], 'must be JSON'],
])('%s is refused', async (_, words, message) => {
  if (message === '') expect(await predict.run(words, said.terminal)).toBe(2);
  else await expect(predict.run(words, said.terminal)).rejects.toThrow(message);
});

test('a fit that was cut off, a cell that is missing and a row of no group are refused by name', async () => {
  const whole = readFileSync(saved('gaussian'), 'utf8');
  const cut = file('cut.json', whole.slice(0, whole.length / 2));
  await expect(predict.run([cut, table], said.terminal)).rejects.toThrow('must be JSON, whole');
  const missing = file('missing.csv', 'site,z,x', 'west,0,1', 'west,,1');
  await expect(predict.run([saved('gaussian'), missing], said.terminal)).rejects.toThrow(/row 2 .*z/);
  const nobody = file('nobody.csv', 'id,y,x,site,z', 'a,1,0,west,0', ',1,0,west,0');
  const words = [saved('gaussian'), nobody, '--group', 'id'];
  await expect(assign.run(words, said.terminal)).rejects.toThrow('row 2 of column "id" is missing');
  await expect(
    assign.run([saved('gaussian'), file('none.csv', 'x,site,z', '0,west,0')], said.terminal),
  ).rejects.toThrow('y');
});

test('a table that would be written over is not', async () => {
  const precious = file('precious.csv', 'site,z,x', 'west,0,1');
  await expect(predict.run([saved('gaussian'), precious, '--out', precious], said.terminal)).rejects.toThrow(
    '--out',
  );
  expect(readFileSync(precious, 'utf8')).toBe('site,z,x\nwest,0,1\n');
});
