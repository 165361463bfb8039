/** What theory says of the chosen gate with the chosen expert, in a few lines: the report card of `moe check`. */

import type { Expert, Gate } from '@tfjs-moe/core';
import * as experts from '@tfjs-moe/experts';
import * as gates from '@tfjs-moe/gates';
import { type ReportCard, reportCard } from '@tfjs-moe/theory';
import { expertPlan, gatePlan, run } from './plan.ts';
import { inputsOf, type Settings } from './settings.ts';

export interface Health {
  readonly title: string;
  readonly standing: ReportCard['standing'];
  readonly summary: string;
  /** The relation that is to blame, where there is one. */
  readonly culprit?: string;
  readonly rates: readonly { readonly quantity: string; readonly rate: string; readonly source: string }[];
  /** Changes after which the verdicts were certified. */
  readonly advice: readonly string[];
  /** What was made smaller for the verdicts. */
  readonly reduced: readonly string[];
}

/** Larger ones are judged as if they had this size. */
const SIZES = { inputDim: 2, experts: 3, hiddenUnits: 1 };
/** Milliseconds after which what is not decided stays so. */
export const PATIENCE = 3000;

/** An error says why the pair cannot be judged. */
export function healthOf(settings: Settings): Health {
  // A bias that only selects is no parameter of the function.
  const gate = run(gatePlan({ ...settings, balance: 'none' }), gates) as Gate;
  const expert = run(expertPlan(settings), experts) as Expert;
  const subject = { gate, expert, inputDim: inputsOf(settings), experts: settings.experts };
  const card = reportCard(subject, { sizes: SIZES, timeLimit: PATIENCE });
  const [culprit] = card.culprits;
  return {
    title: card.title,
    standing: card.standing,
    summary: card.summary,
    ...(culprit && { culprit: culprit.text }),
    rates: card.rates.rates.map(({ quantity, rate, source }) => ({ quantity, rate, source })),
    advice: card.advice.map(({ text }) => text),
    reduced: card.judged.reduced,
  };
}
