/**
 * Compiles assembly/ and writes the module into src/module.ts as text, so that the package needs neither a compiler nor a
 * fetch. The bytes are the same under every version of Node; `--check` compares them with what is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileKernels, moduleSource } from './compile-kernels.mjs';

const target = join(import.meta.dirname, '../src/module.ts');
const source = moduleSource(await compileKernels());

if (!process.argv.includes('--check')) {
  writeFileSync(target, source);
  console.log(`wrote ${target}: ${source.length} characters`);
} else if (readFileSync(target, 'utf8') !== source) {
  console.error('src/module.ts is not what assembly/ compiles to: run pnpm build:kernels');
  process.exit(1);
}
