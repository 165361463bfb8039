/** Programs in processes of their own, straight from their sources. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const hooks = new URL('../../../scripts/from-source.mjs', import.meta.url).href;

/** The words after `node` that run a program of `test/programs`. */
function program(name: string, ...words: readonly string[]): string[] {
  return ['--import', hooks, resolve(import.meta.dirname, 'programs', name), ...words];
}

/** The same as words of a shell. */
export function shellWords(name: string): string {
  return [process.execPath, ...program(name)].map((word) => `"${word}"`).join(' ');
}

/** Runs a line of a shell in which `$RUN` is the program. */
export function shell(line: string, name: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('bash', ['-c', line.replaceAll('$RUN', shellWords(name))], { encoding: 'utf8' });
}

export interface Started {
  readonly child: ChildProcess;
  /** Until it has said something. */
  until(text: string): Promise<void>;
  readonly end: Promise<{ status: number | null; output: string }>;
}

export function start(name: string, ...words: readonly string[]): Started {
  const child = spawn(process.execPath, program(name, ...words), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let look = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
      look();
    });
  }
  const end = new Promise<{ status: number | null; output: string }>((done) =>
    child.on('close', (status) => done({ status, output })),
  );
  const until = (text: string) =>
    new Promise<void>((found, lost) => {
      look = () => output.includes(text) && found();
      look();
      void end.then(() => lost(new Error(`ended without "${text}":\n${output}`)));
    });
  return { child, until, end };
}
