import type { Rates } from '../rates/rates.ts';
import { expectCard } from './expect-card.ts';
import type { ReportCard } from './report-card.ts';
import { factsOf, notesOf } from './report-facts.ts';

/**
 * A report card as plain text, for a terminal.
 */
export function reportCardText(card: ReportCard): string {
  expectCard('reportCardText', card);
  const { culprits, advice, rates } = card;
  const notes = notesOf(card);
  const blocks = [
    [card.title, `judged at ${sizeOf(card)}`],
    [card.summary],
    table(
      factsOf(card).map(({ question, verdict, quantifier, evidence }) => [
        question,
        verdict,
        quantifier,
        evidence,
      ]),
    ),
    card.symmetries.length === 0
      ? []
      : ['Distinct parameters are meant up to', ...card.symmetries.map((symmetry) => `  ${symmetry}`)],
    culprits.length === 0
      ? []
      : [
          'What is to blame',
          ...culprits.map(
            ({ order, name, text }) =>
              `  ${order === 'first' ? 'every atom' : 'over-fitted atoms'}: ${name}: ${shortened(text)}`,
          ),
        ],
    notes.length === 0 ? [] : ['How the verdicts are meant', ...notes.map((note) => `  ${note}`)],
    card.interactions.length === 0
      ? []
      : ['Interactions of gate and expert, w their weight and F = w h', ...equationsOf(card)],
    ratesOf(
      card.ratesInRegimeTwo === undefined
        ? 'Rates that theory promises'
        : 'Rates that theory promises in regime 1: gates of over-specified experts do not depend on the input',
      rates,
    ),
    card.ratesInRegimeTwo === undefined
      ? []
      : ratesOf('Rates that theory promises in regime 2: they do', card.ratesInRegimeTwo),
    advice.length === 0
      ? []
      : [
          'What mends it (each was tried, and certified at this size)',
          ...advice.flatMap(({ text, code }, i) => [
            `  ${i + 1}. ${text}`,
            ...code.map((line) => `       ${line}`),
          ]),
        ],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

/** Every name with the first of its equations; what follows from others is only counted. */
function equationsOf({ interactions }: ReportCard): string[] {
  const names = [...new Set(interactions.map(({ name }) => name))];
  return names.map((name) => {
    const equations = interactions.filter((equation) => equation.name === name);
    const count = equations.length === 1 ? '' : ` (${equations.length})`;
    return name === 'consequence'
      ? `  ${name}${count}`
      : `  ${name}${count}: ${shortened(equations[0]!.text)}`;
  });
}

function ratesOf(title: string, { rates }: Rates): string[] {
  const rows = rates.map(({ quantity, rate, status, source, counterexample }) => [
    `  ${quantity}`,
    rate,
    counterexample === undefined ? status : `${status} (${counterexample})`,
    source,
  ]);
  return [title, ...table(rows)];
}

function sizeOf({ judged: { inputDim, experts, reduced } }: ReportCard): string {
  const size = `${inputDim} input${inputDim === 1 ? '' : 's'} and ${experts} expert${experts === 1 ? '' : 's'}`;
  return reduced.length === 0 ? size : `${size}, a reduced size (${reduced.join('; ')})`;
}

function shortened(text: string, most = 160): string {
  return text.length <= most ? text : `${text.slice(0, most)} ...`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd(),
  );
}
