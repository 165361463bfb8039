/** What was visited once works without a network. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { dist, type Files, type Site, serveFiles } from './serve-site.ts';
import { sharedSite } from './shared-site.ts';

let site: Site;
/** A server of its own: the other tests go on needing theirs. */
let files: Files;
let page: Page;

beforeAll(async () => {
  files = await serveFiles();
  site = await sharedSite(inject('origin'));
  page = await site.browser.newPage();
});
afterAll(async () => {
  await site?.close();
  await files?.close();
});

const kept = () =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

test('the playground trains, and a page that was never opened says why it is not there', async () => {
  await page.goto(`${files.origin}/playground`);
  // Named in the program of the page, and not loaded before somebody trains.
  await expect.poll(kept, { timeout: 60_000 }).toContainEqual(expect.stringMatching(/^\/assets\/worker/));
  await expect.poll(kept).toContain('/playground');
  await files.close();
  await page.reload();
  await page.getByRole('button', { name: 'Step' }).click();
  await page.waitForSelector('.playground[data-step="1"]');
  await page.goto(`${files.origin}/guide/speed`);
  expect(await page.textContent('body')).toContain('no network');
});

test('every build has a version of its own in place of the word', () => {
  const program = readFileSync(join(dist, 'service-worker.js'), 'utf8');
  expect(program).toMatch(/const VERSION = '[0-9a-f]{12}'/);
});
