/** What fits answer is what their page says; `pnpm questions` asks all of them, and writes it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { refusalsOf } from './answers.ts';
import { PAGE, saysRefusal } from './page.ts';
import { questions, slow } from './questions.ts';
import { structures } from './structures.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../scripts', PAGE), 'utf8');

test('the page names every fit and every question', () => {
  for (const name of [...structures.map((each) => each.name), ...Object.keys(questions)])
    expect(page).toContain(name);
});

test.each(
  structures.filter(({ name }) =>
    ['families per expert, counts', 'several responses with weights', 'ridge'].includes(name),
  ),
)('$name: answers in numbers, or is refused as the page says', (structure) => {
  const refused = refusalsOf(structure, (question) => !slow.has(question));
  for (const refusal of refused) expect(saysRefusal(page, refusal), JSON.stringify(refusal)).toBe(true);
});
