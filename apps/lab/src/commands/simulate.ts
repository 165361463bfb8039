/**
 * `moe simulate`: a sample from a published design, or from a measure of one's own, as CSV.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expectInteger, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import {
  design,
  designNames,
  type Inputs,
  type Noise,
  type Simulation,
  simulate as simulateSample,
} from '@tfjs-moe/datasets';
import { measureFromJSON } from '@tfjs-moe/estimators';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import type { Command } from '../command.ts';
import { commandWords } from '../command-words.ts';
import { userPath } from '../user-path.ts';

const WHO = 'moe simulate';

const USAGE = `usage: pnpm --silent moe simulate DESIGN [options] > data.csv
       pnpm --silent moe simulate FILE [options] > data.csv

Draws a sample. The same seed gives the same rows, and a longer sample begins with the shorter one (but on a grid).

DESIGN is one of
${columns(designNames)}
FILE is JSON: { "measure": what measureToJSON gives, "inputs": { "kind": "uniform", "min": -3, "max": 3 },
"noise": { "kind": "regression", "standardDeviation": 0.1 } }

  --n N            observations (default: 1000)
  --seed N         decides every random number (default: 1)
  --components     a column z, too: the expert, from 1, that each observation was drawn from
  --out PATH       a file instead of standard output`;

export const simulate: Command = {
  async run(words) {
    const { values, positionals } = parse(words);
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    const [source, ...stray] = positionals;
    if (source === undefined || stray.length > 0) {
      console.error(USAGE);
      return 2;
    }
    const truth = truthOf(source);
    const sample = simulateSample({
      ...truth,
      n: expectInteger(WHO, '--n', Number(values.n ?? 1000), { min: 1 }),
      seed: expectInteger(WHO, '--seed', Number(values.seed ?? 1), { min: 0 }),
    });
    const csv = csvOf(sample, values.components ?? false);
    if (values.out === undefined) await write(csv);
    else writeFileSync(userPath(values.out), csv);
    return 0;
  },
};

function parse(words: readonly string[]) {
  return commandWords(WHO, {
    args: [...words],
    allowPositionals: true,
    options: {
      n: { type: 'string' },
      seed: { type: 'string' },
      components: { type: 'boolean' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

interface Truth {
  readonly measure: ReturnType<typeof measureFromJSON>;
  readonly inputs: Inputs;
  readonly noise: Noise;
}

function truthOf(source: string): Truth {
  if (designNames.includes(source)) {
    const { measure, inputs, noise } = design(source);
    return { measure, inputs, noise };
  }
  let json: { measure?: unknown; inputs?: Inputs; noise?: Noise };
  try {
    json = JSON.parse(readFileSync(userPath(source), 'utf8')) as typeof json;
  } catch (error) {
    const why = error instanceof SyntaxError ? `it is no JSON (${error.message})` : 'there is no such file';
    throw new MoeError(WHO, `give a design or a file; ${why}. Designs: ${designNames.join(', ')}`, source);
  }
  expectKnownOptions(WHO, json, ['measure', 'inputs', 'noise']);
  const { measure, inputs, noise } = json;
  if (inputs === undefined) throw new MoeError(WHO, 'the file must say where "inputs" come from', json);
  if (noise === undefined) throw new MoeError(WHO, 'the file must say what "noise" there is', json);
  return { measure: measureFromJSON(measure), inputs, noise };
}

/** Numbers are written so that reading gives them back exactly. */
function csvOf(
  { inputs, response, components, inputNames, responseName }: Simulation,
  withComponents: boolean,
): string {
  if (withComponents && components === undefined) {
    throw new MoeError(
      WHO,
      '--components needs noise in which an expert is drawn for every row',
      'regression',
    );
  }
  const head = [...inputNames, responseName, ...(withComponents ? ['z'] : [])];
  const rows = inputs.map((row, i) =>
    [...row, response[i], ...(withComponents ? [(components?.[i] as number) + 1] : [])].join(','),
  );
  return `${[head.join(','), ...rows].join('\n')}\n`;
}

/** All of it, also into a pipe that is slower than we are; a reader that has seen enough (`head`) is no error. */
function write(text: string): Promise<void> {
  return new Promise((done, fail) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' ? done() : fail(error),
    );
    process.stdout.write(text, () => done());
  });
}

function columns(names: readonly string[]): string {
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const perLine = Math.floor(100 / width);
  return Array.from(
    { length: Math.ceil(names.length / perLine) },
    (_, line) =>
      `  ${names
        .slice(line * perLine, (line + 1) * perLine)
        .map((name) => name.padEnd(width))
        .join('')
        .trimEnd()}`,
  ).join('\n');
}
