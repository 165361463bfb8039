/** The compiler of the kernels, and the text that the package ships. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

const OPTIONS = [
  ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
  // The memory is that of tfjs; its size may be anything.
  ['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
].flat();

/** @returns {Promise<{ bytes: Buffer, memoryFlag: number }>} the module, and where it says what memory it imports */
export async function compileKernels() {
  const plain = await compile([]);
  const shared = await compile(['--enable', 'threads', '--sharedMemory']);
  const differing = [...plain.keys()].filter((i) => plain[i] !== shared[i]);
  const memoryFlag = differing[0];
  const expected =
    plain.length === shared.length &&
    differing.length === 1 &&
    plain[memoryFlag] === 1 &&
    shared[memoryFlag] === 3;
  if (!expected) throw new Error('the modules for plain and shared memory differ in more than their flag');
  return { bytes: plain, memoryFlag };
}

export function moduleSource({ bytes, memoryFlag }) {
  return `/** Written by scripts/build-kernels.mjs from assembly/. */

/** The kernels as a WebAssembly module in base64. */
export const KERNELS: string =
  '${bytes.toString('base64')}';

/** Byte of the module that says whether it imports a plain (1) or a shared (3) memory. */
export const MEMORY_FLAG = ${memoryFlag};
`;
}

async function compile(more) {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-moe-kernels-'));
  const out = join(folder, 'kernels.wasm');
  try {
    const entry = join(import.meta.dirname, '../assembly/index.ts');
    const { error, stderr } = await main([entry, ...OPTIONS, ...more, '-o', out]);
    if (error) throw new Error(stderr.toString(), { cause: error });
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
