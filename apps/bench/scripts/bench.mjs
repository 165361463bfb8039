/** Builds what the benchmark needs and the tool that it measures, silently, and runs it: standard output belongs to its result. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const build = spawnSync('pnpm', ['--silent', 'turbo', 'build', '--filter=bench...', '--filter=lab...'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
  shell: process.platform === 'win32',
});
if (build.status !== 0) process.exit(build.status ?? 1);
const main = join(import.meta.dirname, '../dist/main.js');
process.exit(spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
