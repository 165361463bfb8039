/** The program in R on the page of programs runs, with the command that it calls. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { docs, textOf } from './pages.ts';

const probe = spawnSync('Rscript', ['-e', 'library(jsonlite)'], { encoding: 'utf8' });
const missing = probe.error !== undefined || probe.status !== 0;
if (missing) {
  // biome-ignore lint/suspicious/noConsole: a peer that is left out must be seen
  console.warn('[tfjs-moe] example in R: skipped, Rscript with the package jsonlite is not installed');
}

const [, program = ''] = /^```r\n(.*?)^```$/ms.exec(textOf('estimators/programs.md')) ?? [];

test('the page has a program in R that checks itself', () => {
  expect(program).toContain('library(jsonlite)');
  expect(program.match(/stopifnot\(/g)).toHaveLength(3);
});

describe.skipIf(missing)('in R', () => {
  test('the program ends well', () => {
    const folder = mkdtempSync(join(tmpdir(), 'moe-in-r-'));
    const [hooks, main] = ['../scripts/from-source.mjs', '../packages/cli/src/main.ts'].map((path) =>
      resolve(docs, path),
    );
    const command = join(folder, 'moe');
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' --import '${hooks}' '${main}' "$@"\n`);
    chmodSync(command, 0o755);
    writeFileSync(join(folder, 'program.R'), program);
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
    const ended = spawnSync('Rscript', ['program.R'], { cwd: folder, env, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/variable +value +standardError +pValue\n1 +waiting/);
  });
});
