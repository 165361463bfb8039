/**
 * Asks every question of a fit of every family and every structure, and writes what is refused, and why, into
 * `docs/estimators/questions.md`.
 *
 *     pnpm --filter @tfjs-moe/cli questions
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { refusalsOf } from '../test/questions/answers.ts';
import { PAGE, withRefusals } from '../test/questions/page.ts';
import { structures } from '../test/questions/structures.ts';

const refused = [];
for (const structure of structures) {
  try {
    refused.push(...refusalsOf(structure));
    console.log(structure.name);
  } catch (error) {
    console.log(`${structure.name}: ${error.stack}`);
    process.exitCode = 1;
  }
}
const page = resolve(import.meta.dirname, PAGE);
writeFileSync(page, withRefusals(readFileSync(page, 'utf8'), refused));
