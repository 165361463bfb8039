import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { design, readTable, simulate as simulateSample } from '@tfjs-moe/datasets';
import { measureToJSON } from '@tfjs-moe/estimators';
import { afterAll, describe, expect, it } from 'vitest';
import { simulate } from '../src/commands/simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function csv(...words: string[]): Promise<string> {
  const out = join(folder, 'out.csv');
  expect(await simulate.run([...words, '--out', out])).toBe(0);
  return readFileSync(out, 'utf8');
}

describe('moe simulate', () => {
  it('writes every number so that it can be read back exactly', async () => {
    const table = readTable(await csv('reference-b', '--n', '50', '--seed', '7', '--components'));
    const { measure, inputs, noise } = design('reference-b');
    const sample = simulateSample({ measure, inputs, noise, n: 50, seed: 7 });
    const column = (name: string) => [...table.columns.find((c) => c.name === name)!.values];
    expect(column('x1')).toEqual(sample.inputs.map(([x]) => x));
    expect(column('y')).toEqual(sample.response);
    expect(column('z')).toEqual(sample.components!.map((z) => z + 1));
  });

  it('draws from a measure of the user', async () => {
    const { measure, inputs, noise } = design('hierarchical-tanh');
    const path = join(folder, 'truth.json');
    writeFileSync(path, JSON.stringify({ measure: measureToJSON(measure), inputs, noise }));
    expect(await csv(path, '--n', '20')).toBe(await csv('hierarchical-tanh', '--n', '20'));
  });

  it.each<[string[], string]>([
    [['no-such-design'], 'there is no such file'],
    [['reference-a', '--n', '0'], '--n must be an integer'],
    [['reference-a', '--n', '1.5'], '--n must be an integer'],
    [['reference-a', '--bogus'], "Unknown option '--bogus'"],
    [['hierarchical-tanh', '--components'], '--components needs noise'],
  ])('refuses %j', async (words, message) => {
    await expect(simulate.run(words)).rejects.toThrow(message);
  });
});
