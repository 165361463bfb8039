import { determinedLines } from './determined.ts';
import { expectCard } from './expect-card.ts';
import type { ReportCard } from './report-card.ts';
import { countsOf, factsOf, notesOf } from './report-facts.ts';

/**
 * A report card as Markdown with formulas between dollar signs.
 */
export function reportCardMarkdown(card: ReportCard): string {
  expectCard('reportCardMarkdown', card);
  const { judged, culprits, advice, rates, interactions } = card;
  const { inputDim, experts, reduced } = judged;
  const named = interactions.filter(({ name }) => name !== 'consequence' && name !== 'unnamed');
  const rest = interactions.filter((interaction) => !named.includes(interaction));
  const sections: (readonly string[])[] = [
    [`# ${capitalised(card.title)}`],
    [
      `**${card.summary}** Judged at inputDim ${inputDim} with ${experts} experts${
        reduced.length === 0 ? '' : `, a reduced size (${reduced.join('; ')})`
      }.`,
    ],
    card.model === undefined ? [] : [`Law of the response: ${card.model}.`],
    ['## Verdicts'],
    table(
      ['question', 'verdict', 'for', 'certificate'],
      factsOf(card).map(({ question, verdict, quantifier, evidence }) => [
        question,
        `**${verdict}**`,
        quantifier,
        evidence,
      ]),
    ),
    notesOf(card).map((note) => `- ${note}`),
    card.symmetries.length === 0
      ? []
      : [`Distinct parameters are meant up to: ${card.symmetries.join('; ')}.`],
    ...(culprits.length === 0
      ? []
      : [
          ['## What is to blame'],
          culprits.map(
            ({ order, name, latex }) =>
              `- ${order === 'first' ? 'every atom' : 'over-fitted atoms'}, ${name}: $${latex}$`,
          ),
        ]),
    ...(card.combinations === undefined
      ? []
      : [
          ['## What is determined instead'],
          determinedLines(card.combinations, ({ latex }) => `$${latex}$`).map((line) => `- ${line}`),
        ]),
    ...(interactions.length === 0
      ? []
      : [
          ['## Interactions'],
          table(
            ['name', 'equation', 'holds', 'source'],
            named.map(({ name, latex, general, source }) => [
              name,
              `$${latex}$`,
              general === undefined ? 'at the parameters drawn' : `at all parameters (${general})`,
              source,
            ]),
          ),
          rest.length === 0 ? [] : [`And ${countsOf(rest.map(({ name }) => name))}.`],
        ]),
    ['## Rates'],
    table(
      ['quantity', 'rate', 'status', 'source'],
      rates.rates.map(({ quantity, latex, status, source, counterexample, note }) => [
        quantity,
        `$${latex}$`,
        counterexample === undefined ? status : `${status} (\`counterexamples.${counterexample}\`)`,
        note === undefined ? source : `${source}: ${note}`,
      ]),
    ),
    ...(advice.length === 0
      ? []
      : [
          ['## What mends it'],
          ['Each of these was tried, and certified at this size.'],
          advice.map(({ text, code }) => {
            const written = code.map((line) => `\`${line}\``).join(' and ');
            return `1. ${text}${written && `: ${written}`}`;
          }),
        ]),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '--')), ...rows.map(line)];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
