/**
 * `moe COMMAND`: checks, fits, simulates and studies mixtures of experts.
 *
 * Exit status: what the command says; 1 when something failed that should not have; 2 when the words were wrong.
 */
import { MoeError } from '@tfjs-moe/core';
import { commands } from './commands/index.ts';

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...words]: readonly string[]): Promise<number> {
  const command = commands.find((known) => known.name === name);
  if (command === undefined) {
    const asked = name === '--help' || name === '-h';
    if (name !== undefined && !asked) console.error(`[tfjs-moe] moe: there is no command "${name}".\n`);
    (asked ? console.log : console.error)(usage());
    return asked ? 0 : 2;
  }
  try {
    return await (await command.load()).run(words);
  } catch (error) {
    // One line for what the user can mend, everything for what only a programmer can.
    console.error(error instanceof MoeError ? error.message : error);
    return error instanceof MoeError ? 2 : 1;
  }
}

function usage(): string {
  const width = Math.max(0, ...commands.map(({ name }) => name.length));
  return [
    'usage: pnpm --silent moe COMMAND [options]',
    '',
    ...commands.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
    '',
    'moe COMMAND --help tells the options of a command.',
  ].join('\n');
}
