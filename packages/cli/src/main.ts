#!/usr/bin/env node
/**
 * `moe COMMAND`: checks, fits, simulates and studies mixtures of experts.
 *
 * Exit status: what the command says; 1 when something failed that should not have; 2 when the words were wrong.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { didYouMean, runProgram, type Terminal } from '@tfjs-moe/command-line';
import { commands } from './commands/index.ts';

const [name, ...words] = process.argv.slice(2);
process.exitCode = await runProgram(name === undefined ? 'moe' : `moe ${name}`, run);

async function run(terminal: Terminal): Promise<number> {
  const command = commands.find((known) => known.name === name);
  if (command !== undefined) return (await command.load()).run(words, terminal);
  if (name === '--help' || name === '-h') {
    terminal.output.write(usage());
    return 0;
  }
  if (name === '--version' || name === '-V') {
    const manifest = readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8');
    terminal.output.write(`moe ${(JSON.parse(manifest) as { version: string }).version}\n`);
    return 0;
  }
  if (name !== undefined) {
    const hint = didYouMean(
      name,
      commands.map((known) => known.name),
    );
    terminal.errors.write(`[tfjs-moe] moe: there is no command "${name}"${hint || '.'}\n\n`);
  }
  terminal.errors.write(usage());
  return 2;
}

function usage(): string {
  const width = Math.max(0, ...commands.map((known) => known.name.length));
  return [
    'usage: moe COMMAND [options]',
    '',
    ...commands.map((known) => `  ${known.name.padEnd(width)}  ${known.about}`),
    '',
    'moe COMMAND --help tells the options of a command, moe --version which moe it is.',
    '',
  ].join('\n');
}
