import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Faults, faultyFileSystem } from '../../src/testing/index.ts';
import { fileOutput } from '../../src/writing/output.ts';
import { shell } from '../run-from-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'output-'));
afterAll(() => rmSync(folder, { recursive: true }));

const full =
  '[tfjs-moe] print: the result cannot be written: the disk is full (ENOSPC). Received: "standard output".\n';

describe('an output', () => {
  /** What arrives of three texts, and what is told. */
  function arriving(faults: Faults): [text: string, failure: string | undefined] {
    const path = join(folder, 'faulty');
    const file = openSync(path, 'w');
    const output = fileOutput(faultyFileSystem(faults), file, (cause) => cause as Error);
    for (const text of ['one, ', 'zwölf, ', 'three']) output.write(text);
    const failure = output.failure()?.message;
    closeSync(file);
    return [readFileSync(path, 'utf8'), failure];
  }

  test.each<[string, Faults]>([
    ['a write takes one byte', { most: 1 }],
    ['signals interrupt', { most: 4, codes: { writeSync: ['EINTR', undefined, 'EINTR', 'EINTR'] } }],
    ['the pipe is slow', { codes: { writeSync: ['EAGAIN', 'EAGAIN', undefined, 'EAGAIN'] } }],
    ['the file system has no fsync', { codes: { fsyncSync: ['ENOTSUP'] } }],
  ])('is whole where %s', (_, faults) => {
    expect(arriving(faults)).toEqual(['one, zwölf, three', undefined]);
  });

  test('that fills up anywhere is a failure, and nothing follows', () => {
    const whole = Buffer.from('one, zwölf, three');
    for (let room = 0; room < whole.length; room++) {
      const [text, failure] = arriving({ room, most: 2 });
      expect(failure).toContain('ENOSPC');
      expect(text).toBe(whole.subarray(0, room).toString());
    }
  });

  test('that breaks is a failure, also where only the disk knows', () => {
    expect(arriving({ codes: { writeSync: [undefined, 'EIO'] } })).toEqual(['one, ', 'EIO: writeSync']);
    expect(arriving({ codes: { fsyncSync: ['EDQUOT'] } })).toEqual([
      'one, zwölf, three',
      'EDQUOT: fsyncSync',
    ]);
  });

  test.each(['EPIPE', 'EOF'])('without a reader (%s) is none', (code) => {
    expect(arriving({ codes: { writeSync: [undefined, code] } })).toEqual(['one, ', undefined]);
  });
});

describe.runIf(process.platform !== 'win32')('standard output', () => {
  test('is whole in a file, in a pipe, and in a pipe that is slow', () => {
    const text = `${Array.from({ length: 1000 }, (_, i) => `line ${i + 1} of 1000: ${'.'.repeat(60)}`).join('\n')}\n`;
    const file = join(folder, 'whole');
    expect(shell(`$RUN > "${file}"`, 'print.ts')).toEqual(
      expect.objectContaining({ status: 0, stderr: 'at work\n' }),
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(shell('$RUN | (sleep 1; cat)', 'print.ts').stdout).toBe(text);
  });

  test.runIf(existsSync('/dev/full'))('on a full disk is one line on standard error, and status 1', () => {
    expect(shell('$RUN > /dev/full', 'print.ts')).toMatchObject({ status: 1, stderr: `at work\n${full}` });
    // A status that says more stays.
    expect(shell('$RUN status > /dev/full', 'print.ts')).toMatchObject({
      status: 3,
      stderr: `at work\n${full}`,
    });
  });

  test('that fills up in the middle is as well', () => {
    const file = join(folder, 'limited');
    // Blocks of 1024 bytes.
    const { status, stderr } = shell(`ulimit -f 20; $RUN > "${file}"`, 'print.ts');
    expect(status).toBe(1);
    expect(stderr).toContain('print: the result cannot be written: files may not be that large here (EFBIG)');
    expect(readFileSync(file)).toHaveLength(20 * 1024);
  });

  test('without a reader is quiet, and the status stays', () => {
    const line = '$RUN | head -1; echo $PIPESTATUS';
    expect(shell(line, 'print.ts')).toMatchObject({
      stdout: `line 1 of 1000: ${'.'.repeat(60)}\n0\n`,
      stderr: 'at work\n',
    });
    expect(shell('$RUN status | true; echo $PIPESTATUS', 'print.ts').stdout).toBe('3\n');
  });
});

describe.runIf(process.platform !== 'win32')('standard error', () => {
  test.runIf(existsSync('/dev/full'))('may be full or closed', () => {
    expect(shell('$RUN 2> /dev/full | tail -1', 'print.ts').stdout).toContain('line 1000 of 1000');
    expect(shell('$RUN 2>&1 >/dev/null | true; echo $PIPESTATUS', 'print.ts').stdout).toBe('0\n');
  });
});

describe('what goes wrong', () => {
  test('is one line where the user can mend it, and a stack where a programmer has to', () => {
    expect(shell('$RUN user > /dev/null', 'print.ts')).toMatchObject({
      status: 2,
      stderr: 'at work\n[tfjs-moe] print: a word must be right. Received: "user".\n',
    });
    const { status, stderr } = shell('$RUN bug > /dev/null', 'print.ts');
    expect(status).toBe(1);
    expect(stderr).toMatch(/TypeError: of a programmer\n +at /);
  });
});
