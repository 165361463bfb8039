/** Writes the page that measures a reader's GPU, `bench gpu --html`, into the site that was built last. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const page = resolve(root, 'docs/.vitepress/dist/gpu.html');
execFileSync(process.execPath, [resolve(root, 'apps/bench/scripts/bench.mjs'), 'gpu', '--html', page], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
