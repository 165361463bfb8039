import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitStatusOf, streamFiles } from '@tfjs-moe/command-line';
import { faultyFileSystem } from '@tfjs-moe/command-line/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streams-'));
  writeFileSync(join(folder, 'a'), 'old');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function* pieces(...texts: readonly (string | Error)[]): AsyncIterable<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

const two = (...ofB: readonly (string | Error)[]) => [
  { path: join(folder, 'a'), chunks: pieces('n', 'ew') },
  { path: join(folder, 'b'), chunks: pieces(...ofB) },
];
const isOld = () => {
  expect(readdirSync(folder)).toEqual(['a']);
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
};

test('files are written piece by piece, also where one write takes less', async () => {
  await streamFiles('who', two('x', '', 'yz'), { files: faultyFileSystem({ most: 1 }) });
  expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
  expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('xyz');
});

test('content that ends in an error leaves the old files and nothing beside them', async () => {
  await expect(streamFiles('who', two('x', new Error('no more')))).rejects.toThrow('no more');
  isOld();
});

test('a full disk is named and leaves the old files', async () => {
  const error = await streamFiles('who', two('x'), {
    what: '--out',
    files: faultyFileSystem({ room: 3 }),
  }).catch((reason) => reason);
  expect(error.message).toMatch(/^\[tfjs-moe\] who: --out cannot be written: the disk is full \(ENOSPC\)/);
  expect(exitStatusOf(error)).toBe(1);
  isOld();
});

test('none gets its name before all of them are on the disk', async () => {
  const files = faultyFileSystem({ codes: { fsyncSync: [undefined, 'EIO'] } });
  await expect(streamFiles('who', two('x'), { files })).rejects.toThrow(/the disk does not answer/);
  isOld();
});

test('permissions stay, whatever new files have', async () => {
  chmodSync(join(folder, 'a'), 0o666);
  await streamFiles('who', two('x'));
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o666);
});

test('what the new files make obsolete goes when they have their names, and stays where they get none', async () => {
  const [c, none] = [join(folder, 'c'), join(folder, 'none')];
  writeFileSync(c, 'of old');
  const obsolete = [c, none];
  const files = faultyFileSystem({ codes: { renameSync: [undefined, 'EIO'] } });
  await expect(streamFiles('who', two('x'), { files, obsolete })).rejects.toThrow(/does not answer/);
  expect(readdirSync(folder)).toEqual(['a', 'c']);
  await streamFiles('who', two('x'), { obsolete });
  expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
});

test('a pipe is written in place', async () => {
  await streamFiles('who', [{ path: '/dev/null', chunks: pieces('x') }]);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});
