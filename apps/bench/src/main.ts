/**
 * `bench SUBJECT [--quick] [--json]`: measures one subject and prints a table, or one JSON object, to standard output.
 * Progress goes to standard error.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tfjs-moe/wasm';
import { machine } from './machine.ts';
import { printTable } from './print-table.ts';
import type { Run } from './subject.ts';
import { subjects } from './subjects/index.ts';

const options = { quick: { type: 'boolean' }, json: { type: 'boolean' } } as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const subject = subjects.find(({ name }) => name === positionals[0]);
  if (subject === undefined || positionals.length > 1) {
    console.error('usage: pnpm --silent bench SUBJECT [--quick] [--json]\n\nsubjects:');
    for (const { name, about } of subjects) console.error(`  ${name.padEnd(10)} ${about}`);
    return 2;
  }
  await tf.setBackend('wasm');
  await tf.ready();
  const quick = values.quick ?? false;
  const run: Run = {
    quick,
    effort: quick ? { rounds: 9, atLeastMs: 8, slowMs: 400 } : { rounds: 25, atLeastMs: 20, slowMs: 1500 },
    log: (text) => process.stderr.write(`${text}\n`),
  };
  const rows = await subject.measure(run);
  const on = machine();
  console.log(
    values.json
      ? JSON.stringify({ subject: subject.name, about: subject.about, machine: on, quick, rows })
      : printTable(subject, rows, on),
  );
  return 0;
}

process.exitCode = await main();
