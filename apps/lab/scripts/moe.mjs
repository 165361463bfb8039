/**
 * Builds what the tool needs, and runs it: standard output belongs to its result, and what turbo has to say is only shown
 * where the build fails.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const build = spawn('pnpm', ['--silent', 'turbo', 'build', '--filter=lab...'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'pipe'],
  shell: process.platform === 'win32',
});
const said = [];
for (const stream of [build.stdout, build.stderr]) stream.on('data', (chunk) => said.push(chunk));
// A build that is up to date takes half a second.
const patience = setTimeout(() => console.error('moe: building the packages ...'), 2000);
const [built] = await ended(build);
clearTimeout(patience);
if (built !== 0) {
  process.stderr.write(Buffer.concat(said));
  process.exit(built ?? 1);
}
const main = join(import.meta.dirname, '../dist/main.js');
const tool = spawn(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the tool, too, which ends as it sees fit; a signal to this process alone is passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => tool.kill('SIGTERM'));
const [status, signal] = await ended(tool);
process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));

/** The exit status of a process, or the signal that ended it. */
function ended(child) {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done([code, signal]));
  });
}
