import { execFile } from 'node:child_process';

export interface Ended {
  /** Exit status; nothing where the program could not be started. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. It does not outlive this one. */
export function runProcess(command: string, words: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    const child = execFile(command, words, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      process.off('exit', kill);
      const code = error === null ? 0 : error.code;
      done({ status: typeof code === 'number' ? code : undefined, stdout, stderr });
    });
    const kill = () => void child.kill();
    process.on('exit', kill);
  });
}
