/**
 * R's flexmix as a peer: on the same tables our likelihood is never lower. It needs Rscript with flexmix (Debian:
 * r-base-core and r-cran-flexmix), and is skipped without.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sampleOf } from '@tfjs-moe/datasets';
import { gistemp } from '@tfjs-moe/datasets/gistemp';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood } from '../../src/index.ts';

interface Table {
  readonly name: string;
  readonly experts: number;
  readonly logLik: number;
  readonly rows: number[][];
}

const probe = spawnSync('Rscript', ['-e', 'library(flexmix)'], { encoding: 'utf8' });
const missing = probe.error !== undefined || probe.status !== 0;
if (missing) {
  // biome-ignore lint/suspicious/noConsole: a peer that is left out must be seen
  console.warn('[tfjs-moe] flexmix peer: skipped, Rscript with the package flexmix is not installed');
}

describe.skipIf(missing)('flexmix', () => {
  test('never has the higher likelihood', { timeout: 240_000 }, () => {
    const script = resolve(import.meta.dirname, 'flexmix.R');
    const folder = mkdtempSync(join(tmpdir(), 'flexmix-'));
    const { inputs, response } = sampleOf(gistemp, { response: 'anomaly' });
    const lines = inputs.map(([year], i) => `${year},${response[i]}`);
    const file = join(folder, 'gistemp.csv');
    writeFileSync(file, ['year,anomaly', ...lines].join('\n'));
    const { stdout, stderr, status } = spawnSync('Rscript', [script, `gistemp=${file}`], {
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    rmSync(folder, { recursive: true });
    expect(status, stderr).toBe(0);
    const tables = JSON.parse(stdout) as Table[];
    expect(tables.map(({ name }) => name)).toEqual([
      'NPreg',
      'faithful',
      'quakes',
      'two',
      'three',
      'gistemp',
    ]);
    for (const { name, experts, logLik, rows } of tables) {
      const data = { inputs: rows.map((row) => row.slice(0, -1)), response: rows.map((row) => row.at(-1)!) };
      const fit = fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts, data });
      expect(Number.isFinite(logLik), name).toBe(true);
      expect(fit.logLikelihood - logLik, name).toBeGreaterThan(-1e-8);
    }
  });
});
