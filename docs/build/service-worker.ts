/** Writes the program that keeps visited pages for when there is no network, under a version that is that of the build. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const source = resolve(import.meta.dirname, 'service-worker.source.js');

export function writeServiceWorker(outDir: string): void {
  const text = readFileSync(source, 'utf8').replace("'VERSION'", `'${versionOf(outDir)}'`);
  writeFileSync(join(outDir, 'service-worker.js'), text);
}

/** The names of all assets carry hashes of what they are, so the names say what the build is. */
function versionOf(outDir: string): string {
  const names = readdirSync(join(outDir, 'assets'), { recursive: true, encoding: 'utf8' }).sort();
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12);
}
