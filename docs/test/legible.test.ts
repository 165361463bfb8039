/** Words can be read: code and its comments, which carry every printed result, in both schemes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { docs } from './pages.ts';
import { dist } from './serve-site.ts';

/** What VitePress puts behind code. */
const PAPER = { light: '#f6f6f7', dark: '#161618' } as const;

test.each(['light', 'dark'] as const)('every colour of code has a contrast of 4.5 in %s', (scheme) => {
  const html = ['index.html', 'guide/getting-started.html', 'estimators/fit.html', 'references.html']
    .map((page) => readFileSync(join(dist, page), 'utf8'))
    .join('');
  const colours = new Set(html.match(new RegExp(`(?<=--shiki-${scheme}:)#[0-9A-Fa-f]{6}`, 'g')));
  expect(colours.size).toBeGreaterThan(3);
  const faint = [...colours].filter((colour) => contrast(colour, PAPER[scheme]) < 4.5);
  expect(faint).toEqual([]);
});

test('buttons have a contrast of 4.5', () => {
  const css = readFileSync(join(docs, '.vitepress/theme/brand.css'), 'utf8');
  const grounds = css.match(/(?<=--vp-c-brand-3: )#\w{6}/g)!;
  expect(grounds).toHaveLength(2);
  for (const ground of grounds) expect(contrast('#ffffff', ground)).toBeGreaterThan(4.5);
});

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour: string): number {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
