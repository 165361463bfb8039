/** `moe completion`: shells know the words of `moe`. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { completionOf } from '../src/commands/completion.ts';
import { commands } from '../src/commands/index.ts';
import { bashCompletion } from '../src/completion/bash.ts';
import { fishCompletion } from '../src/completion/fish.ts';
import { zshCompletion } from '../src/completion/zsh.ts';
import { captured } from './captured.ts';
import { tableFiles } from './table-files.ts';

const { file } = tableFiles();
const said = captured();
const completion = completionOf(commands);

async function script(shell: string): Promise<string> {
  said.output = [];
  expect(await completion.run([shell], said.terminal)).toBe(0);
  return `${said.output.join('')}\n`;
}

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

describe.runIf(has('bash'))('in bash', () => {
  let path: string;
  beforeAll(async () => {
    path = file('moe.bash', await script('bash'));
  });

  /** What bash offers for the last of the words behind `moe`. */
  function offered(...words: string[]): string[] {
    const all = ['moe', ...words].map((word) => `'${word}'`).join(' ');
    const line = `source ${path}; COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _moe; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', line], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout.split('\n').filter((word) => word !== '');
  }

  test('commands come first', () => {
    expect(offered('')).toEqual([...commands.map(({ name }) => name), '--help', '--version']);
    expect(offered('pre')).toEqual(['predict']);
  });

  test('options are those of the command, all of them', async () => {
    for (const { name, load } of commands) {
      const { options } = await load();
      expect(offered(name, '-')).toEqual([...Object.keys(options), 'help'].map((option) => `--${option}`));
    }
    expect(offered('fit', 'd.csv', '--var')).toEqual(['--variances']);
  });

  test('values are words where they are known, and files where they are not', () => {
    expect(offered('fit', 'd.csv', '--missing', '')).toEqual(['refuse', 'drop']);
    expect(offered('fit', 'd.csv', '--missing', '=', 'd')).toEqual(['drop']);
    expect(offered('fit', 'd.csv', '--missing', '=')).toEqual(['refuse', 'drop']);
    expect(offered('fit', '--save', '')).toEqual([]);
    expect(offered('fit', '')).toEqual([]);
    expect(offered('study', 'me')).toEqual(['merge']);
    expect(offered('completion', 'z')).toEqual(['zsh']);
    expect(offered('completion', 'zsh', '')).toEqual([]);
  });
});

describe.each(['bash', 'zsh', 'fish'])('%s', (shell) => {
  test('knows every option of every command', async () => {
    const text = await script(shell);
    for (const { name, load } of commands) {
      expect(text).toContain(name);
      for (const option of Object.keys((await load()).options))
        expect(text).toContain(shell === 'fish' ? `-l ${option} ` : `--${option}`);
    }
  });

  test.runIf(has(shell))('reads its script', async () => {
    const path = file(`moe.${shell}`, await script(shell));
    expect(spawnSync(shell, ['-n', path], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

test('what an option does may hold any sign', () => {
  const about = `it's [0, 1]: a \\ and "this"`;
  const odd = [{ name: 'odd', about: 'x', options: { sign: { about, value: 'A:B', read: String } } }];
  expect(zshCompletion(odd)).toContain(`'--sign=[it'\\''s \\[0, 1\\]\\: a \\\\ and "this"]:A\\:B: '`);
  expect(fishCompletion(odd)).toContain(`-l sign -x -d 'it\\'s [0, 1]: a \\\\ and "this"'`);
  expect(bashCompletion(odd)).not.toContain('this"');
});

test('another shell is refused, and none is told', async () => {
  await expect(completion.run(['tcsh'], said.terminal)).rejects.toThrow(
    "must be one of 'bash', 'zsh', 'fish'",
  );
  await expect(completion.run(['bash', 'zsh'], said.terminal)).rejects.toThrow('give one shell');
  expect(await completion.run([], said.terminal)).toBe(2);
});
