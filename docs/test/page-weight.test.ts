/** What a reader waits for before the first paint: the page and what it names in its head, as a server sends it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { dist } from './serve-site.ts';

const MOST = 150_000;

test.each(['index', 'playground', 'guide/names'])('%s weighs at most 150 kB', (name) => {
  const html = readFileSync(join(dist, `${name}.html`), 'utf8');
  const assets = [
    ...html.matchAll(/<(?:link|script)\b[^>]*(?:href|src)="([^"]*\/assets\/[^"]+\.(?:css|js))"/g),
  ];
  const files = [...new Set(assets.map(([, address]) => address!))].map((address) =>
    readFileSync(join(dist, address.slice(address.indexOf('/assets/')))),
  );
  expect(files.length).toBeGreaterThan(2);
  const size = [Buffer.from(html), ...files].reduce((sum, file) => sum + gzipSync(file).length, 0);
  expect(size).toBeLessThan(MOST);
});
