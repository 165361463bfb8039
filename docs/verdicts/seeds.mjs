/**
 * `node docs/verdicts/seeds.mjs [--seeds 10] [--inputs 8] [--experts 4] [--part I/N]`: judges every cell of the table up to
 * some size at other seeds, and prints those that differ. It takes as long as the table, times the seeds; the docs tests
 * have a quick form.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { definitions } from './definitions.mjs';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    inputs: { type: 'string', default: '8' },
    experts: { type: 'string', default: '4' },
    part: { type: 'string', default: '0/1' },
  },
});

await definitions(async (load) => {
  const { cellKeys, nameOf } = await load(resolve(import.meta.dirname, 'cells.ts'));
  const { readCells } = await load(resolve(import.meta.dirname, 'generate.ts'));
  const { disagreements } = await load(resolve(import.meta.dirname, 'seeds.ts'));
  const [part, parts] = values.part.split('/').map(Number);
  const keys = cellKeys()
    .filter(({ inputDim, experts }) => inputDim <= Number(values.inputs) && experts <= Number(values.experts))
    .filter((_, i) => i % parts === part);
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i);
  const known = new Map(readCells().map((cell) => [nameOf(cell), cell]));
  const told = (cell) => process.stderr.write(`${cell}\n`);
  const found = disagreements(keys, seeds, known, 10_000, told);
  for (const { cell, seed, known, found: other } of found)
    process.stdout.write(`${cell}: ${known}; at seed ${seed}: ${other}\n`);
  process.stdout.write(`${found.length} of ${keys.length * seeds.length} verdicts differ\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
});
