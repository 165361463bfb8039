/**
 * `bench SUBJECT [--quick] [--json]`: measures one subject and prints a table, or one JSON object, to standard output.
 * Progress goes to standard error.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tfjs-moe/wasm';
import { didYouMean, optionHelp, readOptions, runProgram, type Terminal, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { machine } from './machine.ts';
import { printTable } from './print-table.ts';
import type { Run, Subject } from './subject.ts';
import { subjects } from './subjects/index.ts';

const WHO = 'bench';

const options = {
  quick: { about: 'a few representative cases, under 45 s' },
  json: { about: 'one JSON object instead of a table' },
  only: {
    value: 'TEXT',
    about:
      'of estimators: the cases that have this in their name, as rows, flexmix, select, workers or laplace',
    read: text,
  },
};

const usage = () => `usage: pnpm --silent bench SUBJECT [options]

Measures tfjs-moe against TensorFlow.js as it comes. SUBJECT is one of
${subjects.map(({ name, about }) => `  ${name.padEnd(10)}  ${about}`).join('\n')}
  gpu         grouped dispatch in Chromium on webgpu or webgl, with options of its own

${optionHelp(options)}
`;

const usageOf = ({ name, about }: Subject) => `usage: pnpm --silent bench ${name} [options]

${about}.

${optionHelp(options)}
`;

process.exitCode = await runProgram(WHO, main);

async function main(terminal: Terminal): Promise<number> {
  const [first, ...rest] = process.argv.slice(2);
  // In a browser of its own, with options of its own.
  if (first === 'gpu') return (await import('./gpu/main.ts')).benchGpu(rest, terminal);
  const { output, errors } = terminal;
  const { given, words, help } = readOptions(WHO, process.argv.slice(2), options);
  const [name, ...stray] = words;
  if (help) {
    const asked = subjects.find((one) => one.name === name);
    output.write(asked === undefined ? usage() : usageOf(asked));
    return 0;
  }
  if (name === undefined) {
    errors.write(usage());
    return 2;
  }
  const subject = subjects.find((one) => one.name === name);
  if (subject === undefined || stray.length > 0) {
    const names = subjects.map((one) => one.name);
    const hint = subject === undefined ? didYouMean(name, names) : '';
    throw new MoeError(WHO, `give one subject of ${names.join(', ')}${hint}`, stray[0] ?? name);
  }
  const { quick, json, only } = given;
  if (only !== undefined && subject.inParts !== true)
    throw new MoeError(WHO, '--only is for subjects in parts, such as estimators', subject.name);
  await tf.setBackend('wasm');
  await tf.ready();
  const run: Run = {
    quick,
    only,
    effort: quick ? { rounds: 9, atLeastMs: 8, slowMs: 400 } : { rounds: 25, atLeastMs: 20, slowMs: 1500 },
    log: (text) => errors.write(`${text}\n`),
  };
  const rows = await subject.measure(run);
  const on = machine();
  const shown = json
    ? JSON.stringify({ subject: subject.name, about: subject.about, machine: on, quick, rows })
    : printTable(subject, rows, on);
  output.write(`${shown}\n`);
  return 0;
}
