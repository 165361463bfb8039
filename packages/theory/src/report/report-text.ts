import type { Rates } from '../rates/rates.ts';
import { determinedLines } from './determined.ts';
import { expectCard } from './expect-card.ts';
import { type Readable, readable } from './readable.ts';
import type { ReportCard } from './report-card.ts';
import { factsOf, notesOf } from './report-facts.ts';

/**
 * A report card as plain text, for a terminal.
 */
export function reportCardText(card: ReportCard): string {
  expectCard('reportCardText', card);
  const { culprits, advice, rates } = card;
  const notes = notesOf(card);
  const { direction } = card.secondOrder;
  const determined = card.combinations;
  const equations = [...culprits, ...card.interactions, ...(determined?.combinations ?? [])];
  const reader = readable(equations.map(({ text }) => text));
  const blocks = [
    [
      card.title,
      ...(card.model === undefined ? [] : [`law of the response: ${card.model}`]),
      `judged at ${sizeOf(card)}`,
    ],
    [card.summary],
    table(
      factsOf(card).map(({ question, verdict, quantifier, evidence }) => [
        question,
        verdict,
        quantifier,
        question.startsWith('second order') && direction ? reader.text(evidence) : evidence,
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
              `  ${order === 'first' ? 'every atom' : 'over-fitted atoms'}: ${reader.text(name)}: ${shortened(reader.text(text))}`,
          ),
        ],
    determined === undefined
      ? []
      : [
          'What is determined instead',
          ...determinedLines(determined, ({ text }) => text).map((line) => `  ${reader.text(line)}`),
        ],
    notes.length === 0 ? [] : ['How the verdicts are meant', ...notes.map((note) => `  ${note}`)],
    card.interactions.length === 0
      ? []
      : ['Interactions of gate and expert, w their weight and F = w h', ...equationsOf(card, reader)],
    legendOf(card, reader),
    ratesOf(titleOfRates(card), rates),
    card.ratesInRegimeTwo === undefined ? [] : ratesOf(inRegimes[2], card.ratesInRegimeTwo),
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
function equationsOf({ interactions }: ReportCard, reader: Readable): string[] {
  const names = [...new Set(interactions.map(({ name }) => name))];
  return names.map((name) => {
    const equations = interactions.filter((equation) => equation.name === name);
    const count = equations.length === 1 ? '' : ` (${equations.length})`;
    return name === 'consequence'
      ? `  ${name}${count}`
      : `  ${name}${count}: ${shortened(reader.text(equations[0]!.text))}`;
  });
}

/** What the letters of the equations mean; asked for when all of them were written. */
function legendOf({ culprits }: ReportCard, reader: Readable): string[] {
  const letters = reader.letters();
  const psi = culprits.some(({ text }) => text.includes('psi'))
    ? [
        '  psi_e: e^z (h - f), what atom e, with logit z and expert h, adds to the mixture f; along a null direction an atom',
        '    comes apart into two that leave no trace of second order',
      ]
    : [];
  return letters.length + psi.length === 0
    ? []
    : ['Letters', ...letters.map((letter) => `  ${letter}`), ...psi];
}

const inRegimes = {
  1: 'Rates that theory promises in regime 1: gates of over-specified experts do not depend on the input',
  2: 'Rates that theory promises in regime 2: gates of over-specified experts depend on the input',
} as const;

function titleOfRates({ subject, ratesInRegimeTwo }: ReportCard): string {
  const { regime } = subject;
  if (regime !== undefined) return inRegimes[regime];
  return ratesInRegimeTwo === undefined ? 'Rates that theory promises' : inRegimes[1];
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
