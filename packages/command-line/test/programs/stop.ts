/** Works until it is asked to end, and a little longer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram, stopOnSignals } from '../../src/index.ts';

process.exitCode = await runProgram('stop', async ({ output }) => {
  const stop = stopOnSignals({
    onFirst: () => output.write('heard\n'),
    onSecond: () => output.write('quits\n'),
  });
  output.write('ready\n');
  while (!stop.signal.aborted) await sleep(5);
  const [after = '0'] = process.argv.slice(2);
  await sleep(Number(after));
  stop.release();
  output.write('kept\n');
  return stop.status ?? 0;
});
