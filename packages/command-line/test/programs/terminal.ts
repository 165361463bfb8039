/** Works until its terminal is closed, and keeps what it has. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile, runProgram, stopOnSignals } from '../../src/index.ts';

process.exitCode = await runProgram('terminal', async ({ output }) => {
  const [path = ''] = process.argv.slice(2);
  const stop = stopOnSignals({ onFirst: () => output.write('heard\n') });
  if (!output.isTTY) return 5;
  writeFileSync(path, `${process.pid}`);
  while (!stop.signal.aborted) await sleep(5);
  stop.release();
  replaceFile('terminal', { path: `${path}-kept`, content: 'kept' });
  return stop.status ?? 0;
});
