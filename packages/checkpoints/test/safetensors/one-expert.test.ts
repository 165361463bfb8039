import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test('one expert of a file of 2 GB takes its own bytes and little memory', () => {
  const said = execFileSync(
    process.execPath,
    ['--import', at('../../../../scripts/from-source.mjs'), at('../../scripts/one-expert.mjs')],
    { encoding: 'utf8' },
  );
  expect(said).toMatch(/^file 2\d{3}\.\d MiB, expert 24\.0 MiB, read 1\.00\d+ of it/);
});
