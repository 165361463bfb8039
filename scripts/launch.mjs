/**
 * Builds what a program of this repository needs, and runs it. Standard output belongs to its result; what turbo has to say
 * is only shown where the build fails.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expectPnpm } from './expect-pnpm.mjs';

const root = join(import.meta.dirname, '..');

/**
 * @param name of the command, for what is said
 * @param filters of turbo: what is built
 * @param main the built program, from the root
 */
export async function launch(name, filters, main) {
  expectPnpm(name);
  const words = ['--silent', 'turbo', 'build', ...filters.map((filter) => `--filter=${filter}`)];
  const build = spawn('pnpm', words, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const said = [];
  for (const stream of [build.stdout, build.stderr]) stream.on('data', (chunk) => said.push(chunk));
  // A build that is up to date takes half a second.
  const patience = setTimeout(() => console.error(`${name}: building the packages ...`), 2000);
  const built = await ended(build);
  clearTimeout(patience);
  if (built !== 0) {
    process.stderr.write(Buffer.concat(said));
    process.exit(built);
  }
  const program = spawn(process.execPath, [join(root, main), ...process.argv.slice(2)], {
    // pnpm starts a script in the root; its user may stand elsewhere, and means files there.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: 'inherit',
  });
  // Ctrl-C reaches the program, too, which ends as it sees fit; a signal to this process alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => program.kill(signal));
  process.exit(await ended(program));
}

/** The exit status of a process; of one that a signal ended, as shells count it. */
function ended(child) {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
}
