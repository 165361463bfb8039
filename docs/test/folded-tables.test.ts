/** Benchmarks are read in a picture first, and the picture is drawn from the table. */
import { expect, test } from 'vitest';
import { barsOf, folded } from '../build/folded-tables.ts';
import { textOf } from './pages.ts';

const table = `
| case | mode    | stock               | ms |
| ---- | ------- | ------------------- | -- |
| A    | forward | 0.05 (0.04-0.10)    | 91 |
| B    | forward | -                   | 6  |
`;

test('a ratio of times becomes a speed-up, with its quartiles the other way round', () => {
  expect(barsOf(table)).toEqual([
    { name: 'A, forward', other: 'TensorFlow.js as it comes', speedup: 20, low: 10, high: 25 },
  ]);
});

test('the page on speed shows pictures, and folds every table', () => {
  const source = textOf('guide/speed.md');
  const page = folded(source);
  const regions = source.match(/^<!-- pnpm --silent bench/gm)!.length;
  expect(page.match(/<details class="numbers">/g)).toHaveLength(regions);
  expect(page.match(/<figure class="speed" v-pre><svg/g)!.length).toBeGreaterThanOrEqual(4);
  // Blank lines would end the block of HTML in Markdown.
  for (const [figure] of page.matchAll(/<figure.*?<\/figure>/gs)) {
    expect(figure.includes('\n')).toBe(false);
    // What Vue leaves out in the browser is there in the page that was built: what follows it would be lost.
    expect(figure).not.toMatch(/<(style|script)/);
  }
});
