import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { routerPictures, routers, scoresOf } from '../pictures/router-levels.ts';
import { docs, textOf } from './pages.ts';

const pages = readdirSync(join(docs, 'routers')).map((file) => file.replace('.md', ''));

test('the page of every router shows its picture', () => {
  expect(Object.keys(routers).sort()).toEqual(pages.sort());
  for (const name of pages)
    expect(textOf(`routers/${name}.md`)).toContain(`<RouterLevels router="${name}" />`);
});

test('pictures show what the definition says, and say what they show', () => {
  const pictures = routerPictures();
  for (const [name, html] of Object.entries(pictures)) {
    const { document } = new JSDOM(html).window;
    const [levels, regions] = [...document.querySelectorAll('svg')];
    expect(levels!.getAttribute('aria-label')).toContain(`${name} router`);
    // A constant has no lines; some expert is the best of all everywhere.
    const drawn = [levels, regions].map(
      // Ticks are paths too, of two points.
      (svg) =>
        [...svg!.querySelectorAll('path[d]')].filter((path) => path.getAttribute('d')!.length > 20).length,
    );
    if (name !== 'constant') expect(drawn[0]).toBeGreaterThan(3);
    expect(drawn[1]).toBeGreaterThan(0);
    expect(html).not.toContain('NaN');
  }
});

test('scores have the shape that the pictures are about', () => {
  const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
  const first = (name: string) => scoresOf(routers[name]!).map((row) => row[0]!);
  const side = Math.sqrt(first('linear').length);
  expect(spread(first('constant'))).toBe(0);
  // Of the first input alone: no change from row to row.
  const stripes = first('selected-inputs');
  expect(spread(stripes.filter((_, i) => i % side === 5))).toBe(0);
  // The nearest place to a center scores best, and not at the edge of a line as a linear score does.
  const linear = first('linear');
  const corners = [0, side - 1, side * (side - 1), side * side - 1];
  expect(corners).toContain(linear.indexOf(Math.max(...linear)));
  const near = first('euclidean');
  expect(corners).not.toContain(near.indexOf(Math.max(...near)));
});
