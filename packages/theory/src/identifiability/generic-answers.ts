import type { MeasureShape, MixingMeasure } from '@tfjs-moe/measures';
import type { Allowance } from '../decide/allowance.ts';
import { rankOverFields } from '../decide/exact.ts';
import { genericMeasure, integerMeasure } from '../mixture/draws.ts';
import { hasKinks } from '../mixture/kinks.ts';
import { askSecondOrder } from '../second-order/ask-second-order.ts';
import type { Verdict } from '../verdict/verdict.ts';
import {
  type Answers,
  type AskOptions,
  answersAt,
  isPiecewise,
  type Question,
  questionsOn,
} from './answers.ts';

/** Measures that are drawn until two of them agree. */
const MOST_DRAWS = 3;
/** Part of the allowance for the answers at one draw; the rest is for comparing them. */
const FOR_ANSWERS = 0.9;

export type QuestionName = 'firstOrder' | 'secondOrder' | 'literal' | 'pooled';

/** Answers at a draw, and what other draws say of them. */
export interface GenericAnswers {
  readonly answers: Answers;
  /** Draws that agree with each answer, the own one included. */
  readonly draws: Readonly<Record<QuestionName, number>>;
  /** Where draws disagreed, in words. */
  readonly notes: Readonly<Record<QuestionName, readonly string[]>>;
}

/** What another draw says of an answer. `more`: it decides what was open, or has fewer relations. */
interface Comparison {
  readonly found: 'same' | 'nothing' | 'more' | 'less';
  /** The answer at the other draw, in words. */
  readonly words: string;
}

/**
 * The answers at parameters that are drawn, compared with those at independent draws.
 *
 * The rank of analytic functions is nowhere larger than at almost all parameters, so the answer with the fewest relations
 * is the generic one: where another draw has fewer, everything is asked there, and a note says that the draws disagree.
 */
export function genericAnswers(
  shape: MeasureShape,
  options: AskOptions,
  allowance: Allowance,
): GenericAnswers {
  const { seed } = options;
  const notes: Record<QuestionName, string[]> = { firstOrder: [], secondOrder: [], literal: [], pooled: [] };
  const draws: Record<QuestionName, number> = { firstOrder: 1, secondOrder: 1, literal: 1, pooled: 1 };
  let answers = answersAt(genericMeasure(shape, seed), options, allowance.upTo(FOR_ANSWERS * allowance.left));
  for (let draw = 1; draw < MOST_DRAWS; draw++) {
    const open = openOnes(answers, draws);
    if (open.length === 0) break;
    const other = genericMeasure(shape, seed, draw);
    let isBetter = false;
    for (const [i, name] of open.entries()) {
      const part = allowance.upTo(allowance.left / (open.length - i));
      const { found, words } =
        name === 'secondOrder'
          ? secondCompared(answers, other, options, part)
          : compared(answers, name, other, options, part);
      if (found === 'same') draws[name]++;
      else if (found !== 'nothing') {
        const own = name === 'secondOrder' ? answers.secondOrder.verdict : wordsOf(answers[name]!);
        notes[name].push(`draws of parameters disagree: ${own} at one, ${words} at another`);
      }
      isBetter ||= found === 'more';
    }
    if (!isBetter) continue;
    answers = answersAt(other, options, allowance.upTo(FOR_ANSWERS * allowance.left));
    for (const name of Object.keys(draws) as QuestionName[]) draws[name] = 1;
  }
  if (draws.secondOrder === 1 && followsFromFirst(answers)) draws.secondOrder = draws.firstOrder;
  return { answers, draws, notes };
}

/** Answers that one draw does not settle, and that another may. */
function openOnes(answers: Answers, draws: Readonly<Record<QuestionName, number>>): QuestionName[] {
  const names = ['firstOrder', 'secondOrder', 'literal', 'pooled'] as const;
  return names.filter((name) => {
    const verdict = answers[name];
    if (verdict === undefined || draws[name] > 1) return false;
    if (verdict.verdict === 'inconclusive') return verdict.bits > 0;
    if (name === 'secondOrder') return !followsFromFirst(answers);
    return verdict.verdict === 'dependent' || isPiecewise(answers.of);
  });
}

/** Whether the criterion fails because the Jacobian is dependent. */
function followsFromFirst({ firstOrder, secondOrder }: Answers): boolean {
  return (
    firstOrder.verdict === 'dependent' &&
    secondOrder.verdict === 'dependent' &&
    secondOrder.direction.order === 1
  );
}

/**
 * A certificate at one draw bounds the generic rank from below, and the rank over prime fields at random integers bounds it
 * from above: where the two are equal nothing else need be asked. Otherwise the question is asked again at the other draw.
 */
function compared(
  answers: Answers,
  name: Exclude<QuestionName, 'secondOrder'>,
  other: MixingMeasure,
  options: AskOptions,
  allowance: Allowance,
): Comparison {
  const question: Question = questionsOn(answers.of, answers.gauge, options)[name]!;
  const verdict = answers[name]!;
  const rank = rankOf(verdict);
  const isBounded = verdict.verdict === 'dependent' && 'sigmaMin' in verdict.rest && !hasKinks(answers.of);
  const bound = isBounded
    ? rankOverFields(
        question.family(integerMeasure(answers.of, options.seed)),
        options.seed,
        allowance.upTo(allowance.left / 2),
      )
    : undefined;
  if (bound !== undefined && bound <= rank!) return { found: 'same', words: '' };
  const asked = question.decide(other, allowance);
  const found = rankOf(asked);
  const words = wordsOf(asked);
  if (found === undefined) return { found: 'nothing', words };
  if (rank === undefined || found > rank) return { found: 'more', words };
  return { found: found < rank ? 'less' : 'same', words };
}

function secondCompared(
  { firstOrder, secondOrder }: Answers,
  other: MixingMeasure,
  options: AskOptions,
  allowance: Allowance,
): Comparison {
  const { verdict } = askSecondOrder(other, options.overSpecified, firstOrder, { ...options, allowance });
  if (verdict === 'inconclusive') return { found: 'nothing', words: verdict };
  if (verdict === secondOrder.verdict) return { found: 'same', words: verdict };
  return {
    found: verdict === 'independent' || secondOrder.verdict === 'inconclusive' ? 'more' : 'less',
    words: verdict,
  };
}

/** Functions that are independent; nothing of a verdict that is inconclusive. */
function rankOf(verdict: Verdict): number | undefined {
  if (verdict.verdict === 'inconclusive') return undefined;
  return verdict.verdict === 'independent' ? Infinity : verdict.remaining.length;
}

function wordsOf(verdict: Verdict): string {
  return verdict.verdict === 'dependent'
    ? `dependent by ${verdict.relations.length} relations`
    : verdict.verdict;
}

/** Answers at parameters that were given, which no draw is compared with. */
export function atGiven(answers: Answers): GenericAnswers {
  return {
    answers,
    draws: { firstOrder: 0, secondOrder: 0, literal: 0, pooled: 0 },
    notes: { firstOrder: [], secondOrder: [], literal: [], pooled: [] },
  };
}
