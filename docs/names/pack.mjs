/** Runs `pack.ts`, which Node cannot read without the hooks of the repository. */
import { resolve } from 'node:path';
import { pack } from './pack.ts';

const [folder = '../names-out'] = process.argv.slice(2);
process.stdout.write(`${await pack(resolve(folder))}\n`);
