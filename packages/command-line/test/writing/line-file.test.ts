import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLineFile } from '../../src/index.ts';
import { type Faults, faultyFileSystem } from '../../src/testing/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, 'lines');
const read = () => readFileSync(path(), 'utf8');
const open = (faults: Faults, keep = 0) =>
  openLineFile('moe', path(), { what: 'the journal', keep, files: faultyFileSystem(faults) });

describe('a file of lines', () => {
  test('keeps what it is told to keep', () => {
    writeFileSync(path(), 'one\ntwo\nhal');
    const lines = open({}, 8);
    lines.append('three');
    lines.close();
    expect(read()).toBe('one\ntwo\nthree\n');
  });

  test('has whole lines however few bytes a write takes', () => {
    const lines = open({ most: 3, codes: { writeSync: ['EINTR', undefined, 'EAGAIN'] } });
    lines.append('a long line');
    lines.append('ünïcödé');
    lines.close();
    expect(read()).toBe('a long line\nünïcödé\n');
  });

  test('ends with a whole line wherever the disk fills up, and goes on when there is room', () => {
    for (let room = 0; room < 11; room++) {
      const faults: Faults = { room: 6 + room };
      const lines = open(faults);
      lines.append('first');
      expect(() => lines.append('the second')).toThrow(
        'the journal cannot be written: the disk is full (ENOSPC)',
      );
      expect(read()).toBe('first\n');
      faults.room = 100;
      lines.append('the second');
      lines.close();
      expect(read()).toBe('first\nthe second\n');
      rmSync(path());
    }
  });

  test('says what went wrong even where the half line cannot be taken back', () => {
    const lines = open({ room: 4, codes: { ftruncateSync: [undefined, 'EIO'] } });
    expect(() => lines.append('first')).toThrow('ENOSPC');
    lines.close();
  });
});
