/**
 * Compiles assembly/ and writes the module into src/module.ts as text, so that the package needs neither a compiler nor a
 * fetch, and the signatures of its functions into src/kernel-signatures.generated.ts. The bytes are the same under every
 * version of Node; `--check` compares both with what is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileKernels, moduleSource } from './compile-kernels.mjs';
import { signatureSource } from './kernel-signatures.mjs';

const sources = {
  'module.ts': moduleSource(await compileKernels()),
  'kernel-signatures.generated.ts': signatureSource(),
};

for (const [name, source] of Object.entries(sources)) {
  const target = join(import.meta.dirname, '../src', name);
  if (!process.argv.includes('--check')) {
    writeFileSync(target, source);
    console.log(`wrote ${target}: ${source.length} characters`);
  } else if (readFileSync(target, 'utf8') !== source) {
    console.error(`src/${name} is not what assembly/ says: run pnpm build:kernels`);
    process.exitCode = 1;
  }
}
