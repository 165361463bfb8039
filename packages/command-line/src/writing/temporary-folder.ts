import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statusAfter, stopSignals } from './deferred-signals.ts';

/** A folder for the time of some work; it goes with it, also where a signal ends the program. */
export async function withTemporaryFolder<T>(
  name: string,
  work: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return withRemoval(remove, () => work(folder));
}

/** Work whose traces are taken away when it ends, also where a signal ends the program. */
export async function withRemoval<T>(remove: () => void, work: () => T | Promise<T>): Promise<T> {
  const end = (signal: NodeJS.Signals) => process.exit(statusAfter(signal));
  const own = stopSignals.filter((signal) => process.listenerCount(signal) === 0);
  process.once('exit', remove);
  for (const signal of own) process.on(signal, end);
  try {
    return await work();
  } finally {
    for (const signal of own) process.off(signal, end);
    process.off('exit', remove);
    remove();
  }
}
