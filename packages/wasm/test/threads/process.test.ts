import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Inside the package, so that a program finds tfjs.
const folder = join(import.meta.dirname, `../../node_modules/.cache/process-test-${process.pid}`);

/** What a program of a user does: it computes with workers, and then just ends. */
const PROGRAM = `
import * as tf from '@tensorflow/tfjs-core';
import { register, threadsReady, unregister } from ${JSON.stringify(join(import.meta.dirname, '../../src/index.ts'))};

register({ threads: 3 });
await tf.setBackend('wasm');
if (process.argv[2] === 'at once') process.stdout.write('threads');
else process.stdout.write('threads ' + (await threadsReady()));
const a = tf.ones([600, 200]);
const b = tf.ones([300, 200]);
const y = tf.matMul(a, b, false, true).dataSync();
process.stdout.write(' ' + y.every((value) => value === 200));
if (process.argv[2] === 'throw') throw new Error('a program fails');
if (process.argv[2] === 'unregister') unregister();
`;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['tfjs-moe-source', 'node', 'import'] },
    ssr: {
      external: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
      noExternal: [/^@tfjs-moe/],
      resolve: { conditions: ['tfjs-moe-source', 'node', 'import'] },
    },
    build: { ssr: join(folder, 'program.ts'), outDir: folder, emptyOutDir: false, minify: true },
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  { how: 'with nothing left to do', argument: '', fails: false, output: 'threads 3 true' },
  { how: 'before its workers are up', argument: 'at once', fails: false, output: 'threads true' },
  { how: 'after unregister', argument: 'unregister', fails: false, output: 'threads 3 true' },
  { how: 'by an exception', argument: 'throw', fails: true, output: 'threads 3 true' },
])('a process ends by itself $how', ({ argument, fails, output }) => {
  const program = join(folder, 'program.js');
  const run = spawnSync(process.execPath, [program, argument], { encoding: 'utf8', timeout: 50_000 });
  expect(run.stdout).toBe(output);
  expect(run.signal).toBeNull();
  // tfjs-backend-wasm makes it 7 instead of 1.
  expect(run.status).toBe(fails ? 7 : 0);
  expect(run.stderr.includes('a program fails')).toBe(fails);
});
