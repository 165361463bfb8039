import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import { bundled } from './bundle.ts';

/** Runs an example of a package's README, the first by default, and returns the lines that it prints. */
export async function readmeLines(testFolder: string, example = 0): Promise<string[]> {
  const readme = readFileSync(`${testFolder}/../README.md`, 'utf8');
  const program = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)][example]?.[1] ?? '';
  const code = await bundled(testFolder, program);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await import(`data:text/javascript,${encodeURIComponent(code)}`);
    return log.mock.calls.map((values) =>
      values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '),
    );
  } finally {
    log.mockRestore();
  }
}
