import { describe, expect, it } from 'vitest';
import { start } from '../run-from-source.ts';

describe.runIf(process.platform !== 'win32')('a program that is asked to end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('keeps what it has after %s', async (signal, status) => {
    const { child, until, end } = start('stop.ts');
    await until('ready');
    child.kill(signal);
    expect(await end).toEqual({ status, output: 'ready\nheard\nkept\n' });
  });

  it('is asked once, though the signal comes by several ways', async () => {
    const { child, until, end } = start('stop.ts');
    await until('ready');
    child.kill('SIGTERM');
    child.kill('SIGHUP');
    child.kill('SIGTERM');
    const { status, output } = await end;
    expect([129, 143]).toContain(status);
    expect(output).toBe('ready\nheard\nkept\n');
  });

  it('quits at once when it is asked again', async () => {
    const { child, until, end } = start('stop.ts', '60000');
    await until('ready');
    child.kill('SIGINT');
    await until('heard');
    child.kill('SIGTERM');
    expect(await end).toEqual({ status: 143, output: 'ready\nheard\nquits\n' });
  });
});
