import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LockOptions, takeLock } from '../../src/index.ts';
import { type ProcessIdentity, thisProcess } from '../../src/lock/process-identity.ts';
import { faultyFileSystem } from '../../src/testing/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, 'x.lock');
const take = (options: Partial<LockOptions> = {}) =>
  takeLock('moe study', path(), { what: 'a run of this study', ...options });

/** Leaves the lock of another process. */
function leave(owner: Partial<ProcessIdentity>): void {
  const since = '2026-01-01T00:00:00.000Z';
  writeFileSync(path(), JSON.stringify({ ...thisProcess(), token: 'other', since, ...owner }));
}

/** A clock that moves when it is waited for. */
function clock(onWait: (turn: number) => void = () => {}) {
  let turns = 0;
  return {
    get turns() {
      return turns;
    },
    wait: async () => onWait(++turns),
  };
}

describe('a lock', () => {
  test('is refused while its owner is at work, and free afterwards', async () => {
    const lock = (await take())!;
    lock.expectHeld();
    await expect(take()).rejects.toThrow(
      `a run of this study is at work already: process ${process.pid} on ${thisProcess().host}, since `,
    );
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    (await take())!.release();
  });

  test.runIf(process.platform === 'linux')(
    'of a dead process is taken at once, also where its id is used again',
    async () => {
      const time = clock();
      for (const owner of [{ pid: 2 ** 22 + 1 }, { started: '1' }, { pid: 1, started: '-1' }]) {
        leave(owner);
        (await take({ wait: time.wait }))!.release();
      }
      expect(time.turns).toBe(0);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('of another machine is its own while it shows signs of life', async () => {
    leave({ host: 'elsewhere' });
    const said: string[] = [];
    const time = clock((turn) => turn === 5 && utimesSync(path(), new Date(), new Date(2026, 1, 1)));
    await expect(take({ wait: time.wait, onWait: (text) => said.push(text) })).rejects.toThrow(
      'on elsewhere',
    );
    expect(time.turns).toBe(5);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`whether process ${process.pid} on elsewhere, since`);
  });

  test.each<[string, Partial<ProcessIdentity>]>([
    ['another machine', { host: 'elsewhere' }],
    ['another container', { space: 'another' }],
  ])('of %s is taken after half a minute without', async (_, owner) => {
    leave(owner);
    const time = clock();
    const lock = (await take({ wait: time.wait }))!;
    expect(time.turns).toBe(30);
    lock.expectHeld();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that is half written or no lock at all is taken after half a minute', async () => {
    for (const text of ['', '{"pid":', 'null', '5', '[]']) {
      writeFileSync(path(), text);
      (await take({ wait: clock().wait }))!.release();
    }
  });

  test('that is given back while somebody waits for it is taken', async () => {
    leave({ host: 'elsewhere' });
    const time = clock((turn) => turn === 3 && rmSync(path()));
    (await take({ wait: time.wait }))!.release();
    expect(time.turns).toBe(3);
  });

  test('is not waited for when the program is asked to end', async () => {
    leave({ host: 'elsewhere' });
    const stop = new AbortController();
    const time = clock((turn) => turn === 2 && stop.abort());
    expect(await take({ wait: time.wait, signal: stop.signal })).toBeUndefined();
    expect(existsSync(path())).toBe(true);
  });

  test('that another process has taken is noticed, and not given back in its name', async () => {
    const lock = (await take())!;
    leave({ host: 'elsewhere' });
    expect(() => lock.expectHeld()).toThrow('another process has taken');
    lock.release();
    expect(readFileSync(path(), 'utf8')).toContain('elsewhere');
  });

  test('that cannot be written is named, and not left half written', async () => {
    await expect(takeLock('moe study', join(folder, 'none', 'x'), { what: 'x' })).rejects.toThrow(
      'the lock cannot be written: its folder is not there (ENOENT)',
    );
    await expect(take({ files: faultyFileSystem({ room: 9 }) })).rejects.toThrow('the disk is full (ENOSPC)');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is had by one of many that ask at once, also for a dead one', async () => {
    leave({ pid: 2 ** 22 + 1 });
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => take()));
    const had = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value!] : []));
    expect(had).toHaveLength(1);
    had[0]!.expectHeld();
    had[0]!.release();
  });
});
