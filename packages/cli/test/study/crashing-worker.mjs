/** A worker of a study that has its difficulties: `workerData.path` says which. */

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

const how = process.env.MOE_TEST_CRASH;
if (how === 'start') process.exit(9);

function trouble(index) {
  if (index !== 3 && index !== 5) return;
  if (how === 'exit') process.exit(7);
  if (how === 'memory') for (const kept = []; ; ) kept.push(new Array(100_000).fill(index));
  if (how === 'throw') throw new RangeError('of a programmer');
  const mark = join(dirname(workerData.path), `crashed-${index}`);
  if (how === 'once' && !existsSync(mark)) {
    writeFileSync(mark, '');
    process.exit(7);
  }
}

function answer(index) {
  try {
    trouble(index);
  } catch (error) {
    return { error };
  }
  const cell = Math.floor(index / 5);
  const [arm, losses] =
    cell < 2 ? ['linear', { regression: 1 }] : ['likelihood', { regression: 1, totalVariation: 1 }];
  const place = { index, arm, n: cell % 2 === 0 ? 40 : 80, replicate: index % 5 };
  return { outcome: { ...place, losses, converged: true, iterations: 1 } };
}

parentPort.on('message', (index) => {
  parentPort.postMessage(answer(index));
  if (how === 'idle' && index === 3) setTimeout(() => process.exit(7), 20);
});
parentPort.postMessage('ready');
