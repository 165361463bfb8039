/**
 * `pnpm --filter docs walk [PATH...]`: walks over every page of the built site, or those whose address contains a word, at
 * three widths in both schemes, and says what a reader would trip over. Exit status 1 where there is something.
 */
import { readdirSync } from 'node:fs';
import { dist, serveSite } from './serve-site.ts';
import { walker } from './walk.ts';

const words = process.argv.slice(2);
const paths = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.html') && file !== '404.html')
  .map((file) => `/${file.replace(/\.html$/, '').replace(/(^|\/)index$/, '$1')}`)
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort();

const site = await serveSite();
const walk = await walker(site.browser, site.origin);
let faulty = 0;
try {
  for (const [i, path] of paths.entries()) {
    const faults = await walk.faultsOf(path);
    if (faults.length > 0) faulty++;
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    if (i % 10 === 9) process.stderr.write(`${i + 1} of ${paths.length}\n`);
  }
} finally {
  await walk.close();
  await site.close();
}
process.stdout.write(`${paths.length} pages, ${faulty} with faults.\n`);
process.exitCode = faulty > 0 ? 1 : 0;
