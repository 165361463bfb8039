/** Vitest over the sources with one of them changed in memory, as the environment says: the files stay as they are. */
import { resolve } from 'node:path';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const root = resolve(import.meta.dirname, '../..');
const conditions = ['tfjs-moe-source', ...defaultServerConditions];
const { MUTANT } = process.env;
const mutant = MUTANT ? JSON.parse(MUTANT) : undefined;

const mutate = {
  name: 'mutant',
  enforce: 'pre',
  transform(code, id) {
    if (mutant === undefined || id.split('?')[0] !== resolve(root, mutant.file)) return null;
    return { code: code.replace(mutant.find, () => mutant.replace), map: null };
  },
};

export default defineConfig({
  root,
  plugins: [mutate],
  // As the suite itself is run: the same seeds, or a mutant is killed on one day and not on the next.
  resolve: { conditions, alias: { 'fast-check': resolve(root, 'scripts/fast-check.config.mjs') } },
  ssr: { resolve: { conditions } },
  test: {
    name: 'mutants',
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts'],
    exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
    testTimeout: 60_000,
  },
});
