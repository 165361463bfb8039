/**
 * `pnpm --filter docs walk [WORD...] [--from=PATH] [--most=N] [--keep=FILE]`: walks over every page of the built site, or
 * those whose address contains a word, at three widths in both schemes, and says what a reader would trip over. `--from`
 * begins with an address, `--most` ends after so many pages, and `--keep` names a file of pages that are in order, which are
 * left out: a walk that was cut off goes on where it stood. Exit status 1 where there is something.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dist, openSite } from './serve-site.ts';
import { walker } from './walk.ts';

const { values: given, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string' }, most: { type: 'string' }, keep: { type: 'string' } },
});
const { from = '', most = 'Infinity', keep } = given;

const inOrder = new Set(keep && existsSync(keep) ? readFileSync(keep, 'utf8').split('\n') : []);
const paths = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.html') && file !== '404.html')
  .map((file) => `/${file.replace(/\.html$/, '').replace(/(^|\/)index$/, '$1')}`)
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort()
  .filter((path) => path >= from && !inOrder.has(path))
  .slice(0, Number(most));

const site = await openSite();
const walk = await walker(site.browser, site.origin);
let faulty = 0;
try {
  for (const [i, path] of paths.entries()) {
    const faults = await walk.faultsOf(path);
    if (faults.length > 0) faulty++;
    else if (keep) appendFileSync(keep, `${path}\n`);
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    if (i % 10 === 9) process.stderr.write(`${i + 1} of ${paths.length}\n`);
  }
} finally {
  await walk.close();
  await site.close();
}
process.stdout.write(`${paths.length} pages, ${faulty} with faults.\n`);
process.exitCode = faulty > 0 ? 1 : 0;
