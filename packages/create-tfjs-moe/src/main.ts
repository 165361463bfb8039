#!/usr/bin/env node
/**
 * `npm create tfjs-moe FOLDER -- --template NAME`: writes a project to start from.
 *
 * Exit status: 0 when it is written, 2 when the words or the folder were wrong, 1 when the machine failed.
 */
import { relative, resolve } from 'node:path';
import { optionHelp, readOptions, runProgram, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { createProject } from './create-project.ts';
import { templates } from './templates.ts';

const WHO = 'create-tfjs-moe';
const FOLDER = 'tfjs-moe-app';

const options = {
  template: { value: 'NAME', about: 'what to begin with (default: vite)', read: text },
};

process.exitCode = await runProgram(WHO, ({ output }) => {
  const { given, words, help } = readOptions(WHO, process.argv.slice(2), options);
  if (help) {
    output.write(usage());
    return 0;
  }
  const [folder = FOLDER, ...stray] = words;
  if (stray.length > 0) throw new MoeError(WHO, 'give one folder', stray[0]);
  const { start } = createProject({ folder, template: given.template });
  const steps = [`cd ${relative('.', resolve(folder)) || '.'}`, 'npm install', start];
  output.write(`${folder} is written. Now:\n\n${steps.map((step) => `  ${step}\n`).join('')}`);
  return 0;
});

function usage(): string {
  const width = Math.max(...templates.map(({ name }) => name.length));
  const lines = templates.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`);
  return `usage: npm create tfjs-moe [FOLDER] [-- options]

Writes a project that trains a mixture of experts into FOLDER (default: ${FOLDER}). Nothing is installed.

${optionHelp(options)}

templates:
${lines.join('\n')}
`;
}
