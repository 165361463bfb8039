import type { ScoredForm } from '@tfjs-moe/core';
import { gateTraits, type MixingMeasure, readGate } from '@tfjs-moe/measures';
import type { Allowance } from '../decide/allowance.ts';
import type { Precision } from '../decide/examine.ts';
import { algebraicFamily } from '../families/algebraic.ts';
import { jacobianFamily } from '../families/jacobian.ts';
import { strongFamily } from '../families/strong.ts';
import { weakFamily } from '../families/weak.ts';
import { coveredForm } from '../mixture/covered-form.ts';
import { asPrinted } from '../mixture/held.ts';
import { hasKinks } from '../mixture/kinks.ts';
import { selects } from '../mixture/regions.ts';
import { askSecondOrder } from '../second-order/ask-second-order.ts';
import type { SecondOrderVerdict } from '../second-order/second-order-verdict.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import type { Support } from '../verdict/support.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { askWider } from './ask-wider.ts';
import { type Gauge, gaugeOf, unlessGauge } from './gauge.ts';
import { splitAtom } from './split-atom.ts';

/** How questions are asked, at whatever parameters. */
export interface AskOptions extends Required<Precision> {
  readonly overSpecified: readonly number[];
  /** Whether the sets that definitions print are left out, which speak of regressions. Default false. */
  readonly ordersAlone?: boolean;
  /** Where functions are compared. Default: everywhere. */
  readonly support?: Support | undefined;
  /** Whether some parameters are known, tied or those of experts that are always there. Default false. */
  readonly isPartial?: boolean;
}

/** One question about functions that depend on the parameters. */
export interface Question {
  family(of: MixingMeasure): LabelledFamily;
  decide(of: MixingMeasure, allowance: Allowance): Verdict;
}

/** The questions of linear independence. */
export interface Questions {
  readonly firstOrder: Question;
  readonly literal?: Question;
  /** Of sigmoid gates alone. */
  readonly pooled?: Question;
}

/** All answers at some parameters. */
export interface Answers {
  readonly of: MixingMeasure;
  readonly gauge: Gauge;
  readonly firstOrder: Verdict;
  readonly secondOrder: SecondOrderVerdict;
  readonly literal?: Verdict;
  readonly pooled?: Verdict;
  /** Of sigmoid gates, where the first atom can be split in two with one gate: the Jacobian there. */
  readonly atSplit?: Verdict;
}

/** Whether kinks or selections make a mixture another function elsewhere. */
export const isPiecewise = (of: MixingMeasure): boolean => hasKinks(of) || selects(of);

/** What is asked of a mixture whose gauge is known, or was found. */
export function questionsOn(of: MixingMeasure, gauge: Gauge, options: AskOptions): Questions {
  const question = (
    family: Question['family'],
    read = (verdict: Verdict, _of: MixingMeasure) => verdict,
  ): Question => ({
    family,
    decide: (at, allowance) =>
      read(askWider({ ...family(at), support: options.support }, isPiecewise(at), options, allowance), at),
  });
  const firstOrder = question(
    (at) => jacobianFamily(at, gauge.fixed),
    (verdict, at) => unlessGauge(verdict, at, gauge),
  );
  if (options.ordersAlone) return { firstOrder };
  const heated = temperedLogits(of);
  return {
    firstOrder,
    literal: question((at) =>
      heated ? algebraicFamily(asPrinted(at), heated) : strongFamily(asPrinted(at)),
    ),
    ...(isPlainSigmoid(of) && { pooled: question((at) => weakFamily(asPrinted(at))) }),
  };
}

/** Whether all experts have sigmoids for weights: regime 2 is not examined where they are selected. */
function isPlainSigmoid({ gate, experts }: MixingMeasure): boolean {
  const form = coveredForm(gate, experts);
  return form?.type === 'sigmoid' && form.selection === undefined;
}

/** Every question at some parameters, each with its part of the allowance. */
export function answersAt(of: MixingMeasure, options: AskOptions, allowance: Allowance): Answers {
  const partOf = (part: number) => allowance.upTo(part * allowance.left);
  const gauge = gaugeOf(of, options, partOf(0.2));
  const { firstOrder: first, literal, pooled } = questionsOn(of, gauge, options);
  const firstOrder = first.decide(of, partOf(0.4));
  const secondOrder = askSecondOrder(of, options.overSpecified, firstOrder, {
    ...options,
    allowance: partOf(0.6),
  });
  const ofPool = pooled?.decide(of, partOf(0.3));
  const ofLiteral = literal?.decide(of, allowance);
  // What a split moves may be known.
  const split = pooled && !options.isPartial && splitAtom(of);
  const atSplit =
    split &&
    askWider({ ...jacobianFamily(split), support: options.support }, isPiecewise(split), options, allowance);
  return {
    of,
    gauge,
    firstOrder,
    secondOrder,
    ...(ofLiteral && { literal: ofLiteral }),
    ...(ofPool && { pooled: ofPool }),
    ...(atSplit && { atSplit }),
  };
}

/** The logits of a gate with a temperature and no selection that a form knows: what Definition 2 speaks about. */
export function temperedLogits({ gate, experts }: MixingMeasure): ScoredForm | undefined {
  const { form } = gateTraits(gate, experts);
  if (form !== undefined && (form.type !== 'competitive' || form.selection !== undefined)) return undefined;
  const logits = readGate(gate, experts)?.logits;
  return logits?.temperature === undefined ? undefined : logits;
}
