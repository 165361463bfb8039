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
  expect(page).toContain(`Asked of: ${structures.map(({ name }) => name).join('; ')}.`);
  expect(page).toContain(`The questions: ${Object.keys(questions).join('; ')}.`);
});

test.each(
  structures.filter(({ name }) =>
    ['families per expert, counts', 'several responses with weights', 'ridge'].includes(name),
  ),
)('$name: answers in numbers, or is refused as the page says', (structure) => {
  const asked = Object.keys(questions).filter((question) => !slow.has(question));
  const refused = refusalsOf(structure, (question) => asked.includes(question));
  for (const refusal of refused) expect(saysRefusal(page, refusal), JSON.stringify(refusal)).toBe(true);
  const said = asked.filter((question) => saysRefusal(page, { structure: structure.name, question }));
  expect(refused.map(({ question }) => question).sort()).toEqual(said.sort());
});
