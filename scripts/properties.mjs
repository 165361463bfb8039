/**
 * Runs the tests that draw their examples with other seeds than continuous integration does: `pnpm properties` with 10 of
 * them, `pnpm properties 50 packages/gates` with 50 those of a folder. Prints the seed of every run that fails:
 * `PROPERTY_SEED=7 pnpm test FILE` repeats it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';

process.chdir(resolve(import.meta.dirname, '..'));

const words = process.argv.slice(2);
const runs = words.every((word) => Number.isNaN(Number(word))) ? 10 : Number(words.shift());
const folders = words.length === 0 ? ['packages', 'apps'] : words;

const files = execFileSync('git', ['grep', '-l', 'fc\\.', '--', ...folders], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.browser.test.ts'));

const failed = [];
for (let run = 1; run <= runs; run++) {
  const seed = randomInt(2 ** 31);
  const { status } = spawnSync('pnpm', ['--silent', 'test', '--reporter=dot', ...files], {
    env: { ...process.env, PROPERTY_SEED: String(seed) },
    stdio: 'inherit',
  });
  console.log(`run ${run} of ${runs}, seed ${seed}: ${status === 0 ? 'all hold' : 'FAILED'}`);
  if (status !== 0) failed.push(seed);
}
console.log(
  `${files.length} files, ${runs} seeds, ${failed.length} failed${failed.map((seed) => ` ${seed}`).join('')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
