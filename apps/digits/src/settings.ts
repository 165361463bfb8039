/**
 * The settings of a run: as the report lists them, and as the command that repeats it.
 */

import type { Config } from '@tfjs-moe/core';
import { count } from 'app-frame';
import type { Options } from './options.ts';

/** Name and value of everything that has an influence on the numbers. */
export function settingsOf(options: Options, gate: Config, expert: Config): [name: string, value: string][] {
  return [
    ['gate', spaced(gate)],
    ['experts', String(options.experts)],
    ['expert', spaced(expert)],
    ['balance loss', `switchLoss, weight ${options.balance}`],
    ['training images', count(options.samples)],
    ['epochs', String(options.epochs)],
    ['batch', String(options.batch)],
    ['seed', String(options.seed)],
  ];
}

/** The command line that asks for the same again. */
export function commandOf(options: Options): string {
  const { experts, k, gate, expert, hidden, balance, epochs, batch, samples, seed, backend } = options;
  const given = { experts, k, gate, expert, hidden, balance, epochs, batch, samples, seed, backend };
  const words = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${name}=${quoted(String(value))}`);
  return ['pnpm digits', ...words].join(' ');
}

/** JSON in one line that can be wrapped. */
function spaced(config: Config): string {
  return JSON.stringify(config, null, 1).replaceAll(/\n\s*/g, ' ');
}

function quoted(value: string): string {
  return /^[\w.]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
