import { describe, expect, test } from 'vitest';
import { start } from '../run-from-source.ts';

describe.runIf(process.platform !== 'win32')('a program that is asked to end', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('keeps what it has after %s', async (signal, status) => {
    const { child, until, end } = start('stop.ts');
    await until('ready');
    child.kill(signal);
    expect(await end).toEqual({ status, output: 'ready\nheard\nkept\n' });
  });

  test('is asked once, though the signal comes by several ways', async () => {
    const { child, until, end } = start('stop.ts');
    await until('ready');
    child.kill('SIGTERM');
    child.kill('SIGHUP');
    child.kill('SIGTERM');
    const { status, output } = await end;
    expect([129, 143]).toContain(status);
    expect(output).toBe('ready\nheard\nkept\n');
  });

  test('quits at once when it is asked again', async () => {
    const { child, until, end } = start('stop.ts', '60000');
    await until('ready');
    child.kill('SIGINT');
    await until('heard');
    child.kill('SIGTERM');
    expect(await end).toEqual({ status: 143, output: 'ready\nheard\nquits\n' });
  });
});
