import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitStatusOf, replaceFile, replaceFiles } from '../../src/index.ts';
import { type Faults, faultyFileSystem } from '../../src/testing/index.ts';
import { start } from '../run-from-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replace-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(at(name), 'utf8');

/** The error of a write, which has to fail. */
function failure(path: string, faults: Faults = {}, content = 'new'): Error {
  try {
    replaceFile('moe', { path, content }, { what: '--out', files: faultyFileSystem(faults) });
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was written');
}

describe('a file that is replaced', () => {
  test('is the new one, whole, and nothing is left beside it', () => {
    replaceFile('moe', { path: at('a'), content: 'old' });
    replaceFile('moe', { path: at('a'), content: ['new', ' and ', 'longer'] });
    expect(read('a')).toBe('new and longer');
    replaceFile('moe', { path: at('a'), content: new Uint8Array([104, 105]) });
    expect(read('a')).toBe('hi');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('is whole however few bytes a write takes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (text, most) => {
          replaceFile('moe', { path: at('a'), content: text }, { files: faultyFileSystem({ most }) });
          expect(read('a')).toBe(Buffer.from(text).toString());
        },
      ),
      { numRuns: 20 },
    );
  });

  test('goes on after an interruption, and waits for a pipe that is slow', () => {
    const codes = { writeSync: ['EINTR', 'EAGAIN', undefined, 'EINTR'], fsyncSync: ['EINTR'] };
    replaceFile('moe', { path: at('a'), content: 'abcdef' }, { files: faultyFileSystem({ most: 2, codes }) });
    expect(read('a')).toBe('abcdef');
  });

  test('keeps its permissions, and a link stays a link', () => {
    writeFileSync(at('real'), 'old');
    chmodSync(at('real'), 0o640);
    symlinkSync('real', at('link'));
    replaceFile('moe', { path: at('link'), content: 'new' });
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(read('real')).toBe('new');
    expect(statSync(at('real')).mode & 0o777).toBe(0o640);
    mkdirSync(at('sub'));
    symlinkSync('sub/not-yet', at('ahead'));
    replaceFile('moe', { path: at('ahead'), content: 'made' });
    expect(read('sub/not-yet')).toBe('made');
  });

  test('is the old one, with nothing beside it, wherever the disk fills up', () => {
    writeFileSync(at('a'), 'old');
    linkSync(at('a'), at('same'));
    for (let room = 0; room < 10; room++) {
      const error = failure(at('a'), { room }, '0123456789');
      expect(error.message).toBe(
        `[tfjs-moe] moe: --out cannot be written: the disk is full (ENOSPC). Received: "${at('a')}".`,
      );
      expect(exitStatusOf(error)).toBe(1);
      expect(read('a')).toBe('old');
    }
    expect(readdirSync(folder)).toEqual(['a', 'same']);
  });

  test.each<[string, Faults['codes'], number]>([
    ['opening', { openSync: ['EMFILE'] }, 1],
    ['writing', { writeSync: [undefined, 'EIO'] }, 1],
    ['synchronising', { fsyncSync: ['EIO'] }, 1],
    ['closing', { closeSync: ['EDQUOT'] }, 1],
    ['renaming', { renameSync: ['EACCES'] }, 2],
    ['a disk that takes nothing', undefined, 1],
  ])('is the old one where %s fails', (_, codes, status) => {
    writeFileSync(at('a'), 'old');
    const error = failure(at('a'), codes ? { most: 1, codes } : { most: 0 });
    expect(error.message).toContain('--out cannot be written: ');
    expect(exitStatusOf(error)).toBe(status);
    expect(read('a')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('is written where the file system has no fsync', () => {
    const files = faultyFileSystem({ codes: { fsyncSync: ['EINVAL'] } });
    replaceFile('moe', { path: at('a'), content: 'new' }, { files });
    expect(read('a')).toBe('new');
  });

  test('may have a name as long as names can be', () => {
    const name = 'x'.repeat(255);
    replaceFile('moe', { path: at(name), content: 'new' });
    expect(read(name)).toBe('new');
  });
});

describe('where no file can be', () => {
  test.each<[string, () => string, string]>([
    ['a folder', () => folder, 'it is a folder (EISDIR)'],
    ['a file as a folder', () => at('file/x'), 'a part of the path is a file, not a folder (ENOTDIR)'],
    ['no folder', () => at('none/x'), 'its folder is not there (ENOENT)'],
    ['a long name', () => at('x'.repeat(256)), 'the name is too long (ENAMETOOLONG)'],
    ['a NUL', () => at('a\0b'), 'a name cannot hold a NUL character (ERR_INVALID_ARG_VALUE)'],
    ['links in a circle', () => at('round'), 'links lead in a circle (ELOOP)'],
  ])('%s is named, and is for the user to mend', (_, path, reason) => {
    writeFileSync(at('file'), '');
    symlinkSync('round', at('round'));
    const error = failure(path());
    expect(error.message).toContain(`--out cannot be written: ${reason}. Received: "`);
    expect(exitStatusOf(error)).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(['file', 'round']);
  });

  test.each(['EROFS', 'EACCES', 'EPERM'])('%s is named', (code) => {
    const error = failure(at('a'), { codes: { openSync: [code] } });
    expect(error.message).toContain(`(${code})`);
    expect(exitStatusOf(error)).toBe(2);
  });

  test('a mistake of a programmer stays one', () => {
    const content = function* (): Generator<string> {
      yield 'a';
      throw new RangeError('of a programmer');
    };
    expect(() => replaceFile('moe', { path: at('a'), content: content() })).toThrow(RangeError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('devices', () => {
  test.runIf(existsSync('/dev/full'))('are written in place, never replaced', () => {
    const error = failure('/dev/full');
    expect(error.message).toContain('the disk is full (ENOSPC)');
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
    replaceFile('moe', { path: '/dev/null', content: 'new' });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('files that belong together', () => {
  const both = (first: string, second: string) => [
    { path: at('a'), content: first },
    { path: at('b'), content: second },
  ];

  test('are replaced only when all of them are on the disk', () => {
    replaceFiles('moe', both('old a', 'old b'));
    const files = faultyFileSystem({ room: 8 });
    expect(() => replaceFiles('moe', both('new a', 'new b'), { files })).toThrow(`Received: "${at('b')}"`);
    expect([read('a'), read('b')]).toEqual(['old a', 'old b']);
    expect(readdirSync(folder)).toEqual(['a', 'b']);
  });

  test('are not begun where one of them cannot be', () => {
    mkdirSync(at('b'));
    expect(() => replaceFiles('moe', both('a', 'b'))).toThrow('it is a folder');
    expect(readdirSync(folder)).toEqual(['b']);
  });
});

describe.runIf(process.platform !== 'win32')('a signal half-way', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s ends the program after the file', async (signal, status) => {
    writeFileSync(at('a'), 'old');
    const { child, until, end } = start('replace.ts', at('a'));
    await until('half-way');
    expect(read('a')).toBe('old');
    child.kill(signal);
    const ended = await end;
    expect(ended).toEqual({ status, output: 'half-way\n' });
    expect(read('a')).toBe('first half, second half\n');
    expect(readdirSync(folder)).toEqual(['a']);
  });
});
