import { readFileSync } from 'node:fs';

/** A case of the golden vectors: numbers that another program computed. */
export function goldenCase<T>(name: string): T {
  const text = readFileSync(new URL('fixtures/golden-checkpoints.json', import.meta.url), 'utf8');
  return JSON.parse(text)[name] as T;
}
