import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitStatusOf, expectOutput, expectOutputFolder } from '../../src/index.ts';
import { faultyFileSystem } from '../../src/testing/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'expect-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

describe('before the work', () => {
  test('a file that can be written is accepted, and nothing is left', () => {
    writeFileSync(at('old'), 'old');
    for (const name of ['new', 'old']) expectOutput('moe', '--out', at(name), name);
    expectOutput('moe', '--out', at('a/b/c'), 'a/b/c', { makesFolder: true });
    expectOutputFolder('moe', '--out', at('a/b'), 'a/b');
    expectOutputFolder('moe', '--out', folder, '.');
    if (existsSync('/dev/stdout')) expectOutput('moe', '--out', '/dev/stdout', '/dev/stdout');
    expect(readdirSync(folder)).toEqual(['old']);
  });

  test.each<[string, string, string]>([
    ['a folder', '.', 'it is a folder'],
    ['no folder', 'none/x', 'its folder is not there'],
    ['a file as a folder', 'old/x', 'a part of the path is a file'],
    ['a long name', 'x'.repeat(300), 'the name is too long'],
    ['a NUL', 'a\0', 'a name cannot hold a NUL character'],
  ])('%s is refused in the words of the user', (_, name, reason) => {
    writeFileSync(at('old'), 'old');
    const act = () => expectOutput('moe', '--out', join(folder, name), name);
    expect(act).toThrow(`[tfjs-moe] moe: --out must be a file that can be written: ${reason}`);
    expect(act).toThrow(`Received: ${JSON.stringify(name)}`.slice(0, 100));
  });

  test('a folder that cannot be is refused, too', () => {
    writeFileSync(at('old'), 'old');
    const act = () => expectOutputFolder('digits', '--out', at('old/a/b'), 'old/a/b');
    expect(act).toThrow('--out must be a folder that can be written to: a part of the path is a file');
    expect(() => expectOutputFolder('digits', '--out', at('old'), 'old')).toThrow(
      'a part of the path is a file',
    );
  });

  test('what is read is not written over', () => {
    writeFileSync(at('data.csv'), 'x');
    symlinkSync('data.csv', at('link'));
    for (const name of ['data.csv', 'link']) {
      const act = () =>
        expectOutput('moe', '--plot', at(name), name, { inputs: { 'the table': at('data.csv') } });
      expect(act).toThrow('--plot would write over the table');
    }
  });

  test("a full disk is the machine's, a forbidden folder the user's", () => {
    for (const [code, status] of [
      ['ENOSPC', 1],
      ['EACCES', 2],
      ['EROFS', 2],
    ] as const) {
      const files = faultyFileSystem({ codes: { openSync: [code] } });
      try {
        expectOutput('moe', '--out', at('a'), 'a', { files });
        expect.unreachable();
      } catch (error) {
        expect(exitStatusOf(error)).toBe(status);
      }
    }
  });
});
