import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import { bundled } from './bundle.ts';

/** Runs the first example of a package's README and returns the lines that it prints. */
export async function readmeLines(testFolder: string): Promise<string[]> {
  const readme = readFileSync(`${testFolder}/../README.md`, 'utf8');
  const program = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
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
