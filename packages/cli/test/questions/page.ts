/** The page that says what is answered of which fit, and what it says of a refusal. */
import type { Refusal } from './answers.ts';
import { questions } from './questions.ts';
import { structures } from './structures.ts';

/** Beside this folder's neighbours. */
export const PAGE = '../../../docs/estimators/questions.md';

const [FIRST, LAST] = ['<!-- list: refusals -->', '<!-- end of list -->'] as const;

/** The page with these refusals in its table. */
export function withRefusals(page: string, refused: readonly Refusal[]): string {
  const rows = new Map<string, { questions: Set<string>; fits: Set<string> }>();
  for (const { structure, question, why } of refused) {
    const row = rows.get(why) ?? { questions: new Set(), fits: new Set() };
    row.questions.add(question);
    row.fits.add(structure);
    rows.set(why, row);
  }
  const lines = [
    `Asked of: ${structures.map(({ name }) => name).join('; ')}.`,
    '',
    `The questions: ${Object.keys(questions).join('; ')}.`,
    '',
    '| of | there is no | because |',
    '| -- | ----------- | ------- |',
    ...[...rows].map(
      ([why, row]) => `| ${[...row.fits].join('; ')} | ${[...row.questions].join('; ')} | ${why} |`,
    ),
  ];
  const [before, rest = ''] = page.split(FIRST);
  const [, after = ''] = rest.split(LAST);
  return `${before}${FIRST}\n${lines.join('\n')}\n${LAST}${after}`;
}

/** Whether the page says of a fit that it refuses a question, and for this reason where one is given. */
export function saysRefusal(
  page: string,
  { structure, question, why }: Omit<Refusal, 'why'> & { readonly why?: string },
): boolean {
  return page
    .split('\n')
    .some(
      (line) =>
        line.endsWith(why === undefined ? ' |' : `| ${why} |`) &&
        [structure, question].every((name, i) =>
          line.split(' | ')[i]?.replace(/^\| /, '').split('; ').includes(name),
        ),
    );
}
