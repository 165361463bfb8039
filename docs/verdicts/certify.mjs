/**
 * `node docs/verdicts/certify.mjs [--quick] [--cell NAME] [--inputs 8] [--experts 4] [--part I/N] [--out FOLDER]`: writes a
 * certificate for every cell of the table, first and second order, and has each checked by the verifier in Python. Prints
 * what has none and why, and ends with status 1 if any is refused. `--quick` takes the smallest sizes, some minutes; the
 * whole takes hours, and its parts may run side by side. `--cell softmax/tanh/1/2` takes one cell.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { definitions } from './definitions.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    cell: { type: 'string' },
    inputs: { type: 'string', default: '8' },
    experts: { type: 'string', default: '4' },
    part: { type: 'string', default: '0/1' },
    budget: { type: 'string', default: '10' },
    out: { type: 'string' },
  },
});

await definitions(async (load) => {
  const { cellKeys, nameOf } = await load(resolve(import.meta.dirname, 'cells.ts'));
  const { certifyCells } = await load(resolve(import.meta.dirname, 'certify.ts'));
  const [part, parts] = values.part.split('/').map(Number);
  const most = values.quick ? { inputs: 1, experts: 2 } : { inputs: values.inputs, experts: values.experts };
  const keys = cellKeys()
    .filter(({ inputDim, experts }) => inputDim <= Number(most.inputs) && experts <= Number(most.experts))
    .filter((key) => values.cell === undefined || nameOf(key) === values.cell)
    .filter((_, i) => i % parts === part);
  const folder = values.out ?? mkdtempSync(join(tmpdir(), 'certificates-'));
  const told = (cell) => process.stderr.write(`${cell}\n`);
  const done = certifyCells(keys, folder, 1000 * Number(values.budget), told);
  const count = (outcome) => done.filter((of) => of.outcome === outcome).length;
  for (const { cell, question, outcome, words } of done)
    if (outcome !== 'proved' || values.cell)
      process.stdout.write(`${cell}, ${question}: ${outcome}: ${words}\n`);
  process.stdout.write(
    `${keys.length} cells: ${count('proved')} certificates proved, ${count('refused')} refused, ${count('none')} without one; in ${folder}\n`,
  );
  if (count('refused') > 0) process.exitCode = 1;
});
