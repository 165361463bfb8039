/** One page of each kind, as readers see and operate it; `pnpm --filter docs walk` does the same with all of them. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Site } from './serve-site.ts';
import { sharedSite } from './shared-site.ts';
import { AXE_VIEWS, type Walker, walker } from './walk.ts';

let site: Site;
let walk: Walker;

beforeAll(async () => {
  site = await sharedSite(inject('origin'));
  walk = await walker(site.browser, site.origin);
});
afterAll(async () => {
  await walk?.close();
  await site?.close();
});

const sample = ['/', '/playground', '/gates/top-k', '/theory/verdicts', '/guide/names', '/guide/dispatch'];

test.each(sample.map((path, i) => [path, AXE_VIEWS[i % 2]!] as const))(
  'nobody trips over %s',
  async (path, view) => {
    expect(await walk.faultsOf(path, [view])).toEqual([]);
  },
);
