/** How Node finds and reads modules where it runs sources: packages by the condition that vitest uses, types left out. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';

export function resolve(specifier, context, next) {
  return next(specifier, { ...context, conditions: ['tfjs-moe-source', ...context.conditions] });
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const { code } = await transformWithOxc(await readFile(path, 'utf8'), path, { target: 'es2022' });
  return { format: 'module', source: code, shortCircuit: true };
}
