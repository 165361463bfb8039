import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { shellWords } from '../run-from-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'hang-up-'));
afterAll(() => rmSync(folder, { recursive: true }));

// `script` gives a program a terminal, and closes it when it is killed.
test.runIf(existsSync('/usr/bin/script'))(
  'a closed terminal ends a program as a signal, not in a core dump',
  {
    timeout: 60_000,
  },
  async () => {
    const [ready, status, run] = ['ready', 'status', 'run.sh'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(run, `trap '' HUP\n${shellWords('terminal.ts')} "${ready}"\necho $? > "${status}"\n`);
    const terminal = spawn('script', ['-qec', `bash "${run}"`, '/dev/null'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    while (!existsSync(ready) || readFileSync(ready, 'utf8') === '') await sleep(20);
    const closed = new Promise((done) => terminal.once('close', done));
    terminal.kill('SIGKILL');
    await closed;
    // The system tells the first process of the terminal, here the shell that notes the status and does not mind.
    process.kill(Number(readFileSync(ready, 'utf8')), 'SIGHUP');
    while (!existsSync(status) || readFileSync(status, 'utf8') === '') await sleep(20);
    expect(readFileSync(`${ready}-kept`, 'utf8')).toBe('kept');
    expect(readFileSync(status, 'utf8')).toBe('129\n');
  },
);
