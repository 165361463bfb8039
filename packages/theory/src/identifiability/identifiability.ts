import { expectKnownOptions } from '@tfjs-moe/core';
import { constantNotes } from '../mixture/constants.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { isPiecewise, temperedLogits } from './answers.ts';
import { ask, type IdentifiabilityOptions, questionOptions } from './ask.ts';
import { combinationsIn } from './combinations.ts';
import { gaugeNotes } from './gauge.ts';
import type { QuestionName } from './generic-answers.ts';
import type { Identifiability } from './identifiability-verdicts.ts';
import { firstOrderNotes } from './notes.ts';
import { quantifierOf, secondQuantifierOf } from './quantifier.ts';
import { symmetriesOf } from './symmetries.ts';

/**
 * What can be identified of a mixture of experts: separate answers to separate questions, each with its certificate.
 *
 * First order: whether the Jacobian of the mixture, gauge removed, is independent: the parametric rate of atoms that are
 * fitted exactly. Second order: the positive semidefinite criterion, the rate of atoms that are over-fitted. Literal:
 * whether the set printed in the definition is independent, Definition 2 under a temperature gate and Definition 1 under
 * others. The literal sets of most pairs are dependent for harmless reasons: read the relations and their kinds. Weak, of
 * sigmoid gates: the same of weak identifiability, for regime 2.
 *
 * Every answer says for which parameters it holds (`quantifier`). Where parameters are drawn, what is not settled by one
 * draw is compared with independent ones.
 */
export function identifiability<const GateKind extends string, const ExpertKind extends string>(
  options: IdentifiabilityOptions<GateKind, ExpertKind>,
): Identifiability {
  const who = 'identifiability';
  expectKnownOptions(who, options, questionOptions);
  const { answers, draws, notes, given, seed, support, allowance, restriction } = ask(who, options);
  const { of, firstOrder, secondOrder, literal, pooled, atSplit } = answers;
  /** A verdict with what it holds for. */
  const quantified = <V extends Verdict>(name: QuestionName, verdict: V, own: readonly string[] = []) => ({
    ...verdict,
    quantifier: quantifierOf(verdict, { draws: draws[name], isPiecewise: isPiecewise(of) }),
    draws: draws[name],
    notes: [...own, ...notes[name]],
  });
  const constants = constantNotes(of);
  const printed = [...(restriction.length > 0 ? [AS_PRINTED] : []), ...constants];
  const jacobian = quantified('firstOrder', firstOrder, [
    ...restriction,
    ...firstOrderNotes(of, seed, support),
    ...constants,
    ...gaugeNotes(answers.gauge),
  ]);
  return {
    firstOrder: jacobian,
    secondOrder: {
      ...secondOrder,
      quantifier: secondQuantifierOf(
        secondOrder,
        { draws: draws.secondOrder, isPiecewise: isPiecewise(of) },
        jacobian,
      ),
      draws: draws.secondOrder,
      notes: [...restriction, ...secondOrder.notes, ...constants, ...notes.secondOrder],
    },
    literal: {
      ...quantified('literal', literal!, printed),
      definition: temperedLogits(of) ? 'algebraic independence' : 'strong identifiability',
    },
    ...(pooled && {
      weak: {
        pooled: { ...quantified('pooled', pooled, printed), definition: 'weak identifiability, pooled' },
        jacobian: { ...jacobian, definition: 'weak identifiability, Jacobian' },
        ...(atSplit && {
          atSplit: {
            ...atSplit,
            quantifier: quantifierOf(atSplit, { draws: given ? 0 : 1, isPiecewise: isPiecewise(of) }),
            draws: given ? 0 : 1,
            notes: constants,
            definition: 'weak identifiability, Jacobian at a split atom' as const,
          },
        }),
      },
    }),
    ...combinationsIn(of, firstOrder),
    symmetries: symmetriesOf(of),
    operations: allowance.spent,
    parameters: { gateParams: of.gateParams, expertParams: of.expertParams },
  };
}

/** What the sets of the papers are asked of where some parameters are known. */
const AS_PRINTED = 'the set of the definition as it is printed, whatever is known of some parameters';
