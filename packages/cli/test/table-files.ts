/** Tables as files in a folder of a test's own, and what `moe fit --json` says of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { fit } from '../src/commands/fit.ts';
import type { Captured } from './captured.ts';

export interface TableFiles {
  readonly folder: string;
  /** Writes a file of these lines, and returns its path. */
  file(name: string, ...lines: readonly string[]): string;
}

/** A folder that is gone after the tests. */
export function tableFiles(): TableFiles {
  const folder = mkdtempSync(join(tmpdir(), 'moe-tables-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    file(name, ...lines) {
      const path = join(folder, name);
      writeFileSync(path, `${lines.join('\n')}\n`);
      return path;
    },
  };
}

/** The one object that `moe fit --json` prints, with the exit status. */
export async function fitJson(
  said: Captured,
  ...words: readonly string[]
): Promise<ReturnType<typeof JSON.parse>> {
  said.output = [];
  const status = await fit.run([...words, '--json'], said.terminal);
  expect(said.output).toHaveLength(1);
  return { status, ...JSON.parse(said.output[0]!) };
}
