import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { design, readTable, simulate as simulateSample } from '@tfjs-moe/datasets';
import { measureToJSON } from '@tfjs-moe/measures';
import { measureOutput } from '@tfjs-moe/measures/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { simulate } from '../src/commands/simulate.ts';
import { captured } from './captured.ts';

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const said = captured();

async function csv(...words: string[]): Promise<string> {
  const out = join(folder, 'out.csv');
  expect(await simulate.run([...words, '--out', out], said.terminal)).toBe(0);
  return readFileSync(out, 'utf8');
}

describe('moe simulate', () => {
  test('writes every number so that it can be read back exactly', async () => {
    const table = readTable(await csv('reference-b', '--n', '50', '--seed', '7', '--components'));
    const { measure, inputs, noise } = design('reference-b');
    const sample = simulateSample({ measure, inputs, noise, n: 50, seed: 7 });
    const column = (name: string) => [...table.columns.find((c) => c.name === name)!.values];
    expect(column('x1')).toEqual(sample.inputs.map(([x]) => x));
    expect(column('y')).toEqual(sample.response);
    expect(column('z')).toEqual(sample.components!.map((z) => z + 1));
  });

  test('draws from a measure of the user', async () => {
    const { measure, inputs, noise } = design('hierarchical-tanh');
    const path = join(folder, 'truth.json');
    writeFileSync(path, JSON.stringify({ measure: measureToJSON(measure), inputs, noise }));
    expect(await csv(path, '--n', '20')).toBe(await csv('hierarchical-tanh', '--n', '20'));
  });

  test('draws new responses of a fit at the rows of a table', async () => {
    const { measure, noise } = design('reference-b');
    const fitted = join(folder, 'fit.json');
    writeFileSync(fitted, JSON.stringify(measureToJSON(measure)));
    const table = join(folder, 'rows.csv');
    writeFileSync(table, 'y,"x, in m"\n7,0.5\n8,-1\n9,2\n');
    const words = [fitted, '--at', table, '--inputs', '"x, in m"', '--seed', '7'];
    const rows = [[0.5], [-1], [2]];
    const sample = simulateSample({ measure, inputs: { kind: 'rows', rows }, noise, seed: 7 });
    const lines = sample.response.map((y, i) => `${rows[i]},${y}\n`);
    expect(await csv(...words)).toBe(`"x, in m",y\n${lines.join('')}`);
    // A fit of least squares tells nothing of the noise.
    const { dispersions: _, ...bare } = measure;
    writeFileSync(fitted, JSON.stringify(measureToJSON(bare)));
    await expect(simulate.run(words, said.terminal)).rejects.toThrow('--noise with a number');
    const exact = readTable(await csv(...words, '--noise', '0'));
    expect(exact.columns[1]?.values).toEqual(measureOutput(measure, rows));
  });

  test('asks where the inputs of a fit come from', async () => {
    const fitted = join(folder, 'alone.json');
    writeFileSync(fitted, JSON.stringify(measureToJSON(design('reference-b').measure)));
    await expect(simulate.run([fitted], said.terminal)).rejects.toThrow('--at with a table');
    const table = join(folder, 'holes.csv');
    writeFileSync(table, 'x\n1\nNA\n');
    await expect(simulate.run([fitted, '--at', table], said.terminal)).rejects.toThrow(
      'row 2 of column "x" must be a number',
    );
    await expect(simulate.run([fitted, '--inputs', 'x'], said.terminal)).rejects.toThrow(
      'the table that --at gives',
    );
  });

  test.each<[string[], string]>([
    [
      ['reference-a', '--out', join(folder, 'no', 'data.csv')],
      '--out must be a file that can be written: its folder is not there',
    ],
    [['reference-a', '--noise', 'much'], '--noise must be'],
    [['no-such-design'], 'there is no such file'],
    [['reference-c'], 'did you mean reference-'],
    [['reference-a', '--n', '0'], '--n must be an integer'],
    [['reference-a', '--n', '1.5'], '--n must be an integer'],
    [['reference-a', '--bogus'], 'unknown option --bogus'],
    [['hierarchical-tanh', '--components'], '--components needs noise'],
  ])('refuses %j', async (words, message) => {
    await expect(simulate.run(words, said.terminal)).rejects.toThrow(message);
  });
});
