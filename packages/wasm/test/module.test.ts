import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { instantiate, moduleBytes } from '../src/engine.ts';

test('the committed module is what the sources compile to, byte for byte', () => {
  const script = join(import.meta.dirname, '../scripts/build-kernels.mjs');
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
}, 60_000);

test('one byte makes it a module for shared memory', () => {
  const [plain, shared] = [moduleBytes(false), moduleBytes(true)];
  expect(shared.filter((byte, i) => byte !== plain[i])).toEqual(new Uint8Array([3]));
  const memory = new WebAssembly.Memory({ initial: 20, maximum: 65_536, shared: true });
  const kernels = instantiate(memory);
  new Float32Array(memory.buffer, 0, 4).set([1, 2, 3, 4]);
  new Int32Array(memory.buffer, 64, 2).set([0, 2]);
  kernels.sumGroups(0, 64, 1, 128, 2);
  expect([...new Float32Array(memory.buffer, 128, 2)]).toEqual([4, 6]);
});

test('is small', () => {
  expect(moduleBytes(false).length).toBeLessThan(49_000);
});
