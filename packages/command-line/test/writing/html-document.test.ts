import { expect, test } from 'vitest';
import { htmlDocument } from '../../src/index.ts';

test('a title is text, a body is HTML, and nothing is asked of the network', () => {
  const page = htmlDocument({ title: 'a < b', style: 'p { margin: 0 }', body: '<p>c</p>' });
  expect(page).toContain('<title>a &lt; b</title>');
  expect(page).toContain('<main>\n<p>c</p>\n</main>');
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/script-src|img-src|https?:/);
  expect(htmlDocument({ title: '', style: '', body: '', pictures: true })).toContain('; img-src data:"');
});
