/**
 * `moe simulate`: a sample from a published design, or from a measure of one's own, as CSV.
 */
import { writeFileSync } from 'node:fs';
import { expectInteger, MoeError } from '@tfjs-moe/core';
import { designNames, type Simulation, simulate as simulateSample } from '@tfjs-moe/datasets';
import type { Command } from '../command.ts';
import { commandWords } from '../command-words.ts';
import { normalNoise, rowsOf, truthOf } from '../simulate/truth.ts';
import { expectOutput } from '../user-output.ts';
import { userPath } from '../user-path.ts';

const WHO = 'moe simulate';

const USAGE = `usage: pnpm --silent moe simulate DESIGN [options] > data.csv
       pnpm --silent moe simulate FILE [options] > data.csv
       pnpm --silent moe simulate FIT --at TABLE [--inputs A,B] [options] > data.csv

Draws a sample. The same seed gives the same rows, and a longer sample begins with the shorter one (but on a grid).

DESIGN is one of
${columns(designNames)}
FILE is JSON: { "measure": what measureToJSON gives, "inputs": { "kind": "uniform", "min": -3, "max": 3 },
"noise": { "kind": "regression", "standardDeviation": 0.1 } }
FIT is what moe fit --save writes: new responses at the rows of a table, as rflexmix(m) draws them

  --at TABLE       the inputs are the rows of this CSV file
  --inputs A,B     its columns, in the order of the fit (default: all of them)
  --noise S        the standard deviation around the fitted function, where the fit is one of least squares
  --n N            observations (default: 1000, or all rows of the table)
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
    if (values.out !== undefined) expectOutput(WHO, '--out', values.out);
    const at = values.at === undefined ? undefined : rowsOf(values.at, values.inputs);
    if (at === undefined && values.inputs !== undefined) {
      throw new MoeError(WHO, '--inputs names columns of the table that --at gives', values.inputs);
    }
    const noise = values.noise === undefined ? undefined : normalNoise(values.noise);
    const truth = truthOf(source, { inputs: at?.inputs, noise });
    const sample = simulateSample({
      ...truth,
      n: expectInteger(WHO, '--n', Number(values.n ?? at?.inputs.rows.length ?? 1000), { min: 1 }),
      seed: expectInteger(WHO, '--seed', Number(values.seed ?? 1), { min: 0 }),
    });
    const csv = csvOf({ ...sample, inputNames: at?.names ?? sample.inputNames }, values.components ?? false);
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
      at: { type: 'string' },
      inputs: { type: 'string' },
      noise: { type: 'string' },
      n: { type: 'string' },
      seed: { type: 'string' },
      components: { type: 'boolean' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
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
  return `${[head.map(quoted).join(','), ...rows].join('\n')}\n`;
}

/** A name as a cell: in quotes where it would be taken apart. */
function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
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
