/**
 * `node docs/verdicts/generate.mjs [--redo TEXT] [--part I/N] [--budget THOUSAND-MILLION-OPERATIONS]` or `... --merge PART...`: the table of
 * verdicts. It takes long; the parts may run side by side.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { definitions } from './definitions.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    redo: { type: 'string' },
    part: { type: 'string' },
    budget: { type: 'string', default: '10' },
    merge: { type: 'boolean' },
  },
});

await definitions(async (load) => {
  const { generate, merge } = await load(resolve(import.meta.dirname, 'generate.ts'));
  if (values.merge) merge(positionals);
  else {
    const part = values.part?.split('/').map(Number);
    generate({ redo: values.redo, part, budget: 1000 * Number(values.budget) });
  }
});
