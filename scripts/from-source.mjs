/**
 * `node --import ./scripts/from-source.mjs program.ts`: runs a program straight from its TypeScript sources, its worker
 * threads too. No package has to be compiled first, and Node 20 cannot read TypeScript.
 */
import { register } from 'node:module';

register('./source-hooks.mjs', import.meta.url);
