import {
  type Expert,
  expectExperts,
  expectKnownOptions,
  expectSize,
  type Gate,
  type Identifier,
  MoeError,
  type Numbers,
} from '@tfjs-moe/core';
import { mixingMeasure } from '@tfjs-moe/measures';
import { allowanceOf } from '../decide/allowance.ts';
import type { DecideOptions } from '../decide/examine.ts';
import { constantNotes } from '../mixture/constants.ts';
import { expectDistinctAtoms } from '../mixture/distinct-atoms.ts';
import { genericMeasure } from '../mixture/draws.ts';
import { expectSupport, type Support } from '../verdict/support.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { answersAt, isPiecewise, temperedLogits } from './answers.ts';
import { definitionsOf, expectEvaluation } from './definitions.ts';
import { expectAtoms } from './expect-atoms.ts';
import { gaugeNotes } from './gauge.ts';
import { atGiven, genericAnswers, type QuestionName } from './generic-answers.ts';
import type { Identifiability } from './identifiability-verdicts.ts';
import { firstOrderNotes } from './notes.ts';
import { quantifierOf, secondQuantifierOf } from './quantifier.ts';
import { symmetriesOf } from './symmetries.ts';

/** Options of `identifiability`: gate, expert, sizes, which atoms are over-fitted, budget and seed. */
export interface IdentifiabilityOptions<GateKind extends string = string, ExpertKind extends string = string>
  extends DecideOptions {
  /** A gate, its config or its kind. */
  readonly gate: Identifier<Gate, GateKind>;
  /** An expert, its config or its kind. */
  readonly expert: Identifier<Expert, ExpertKind>;
  readonly inputDim: number;
  /** Number of experts. */
  readonly experts: number;
  /** Parameters to ask at, both or neither. Default: drawn from `seed`, without coincidences, and compared with another draw. */
  readonly gateParams?: Numbers;
  readonly expertParams?: Numbers;
  /** Where the inputs are: a box, or the rows of a table. Default: anywhere. */
  readonly support?: Support;
  /** Atoms that are fitted by several, from 0; the others are fitted exactly. Default `[0]`. */
  readonly overSpecified?: readonly number[];
}

const known = [
  'gate',
  'expert',
  'inputDim',
  'experts',
  'gateParams',
  'expertParams',
  'overSpecified',
  'budget',
  'timeLimit',
  'bits',
  'spread',
  'support',
  'seed',
];

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
  expectKnownOptions(who, options, known);
  const { inputDim, gateParams, expertParams } = options;
  const { bits = [192, 320, 640], spread = 1, seed = 0 } = options;
  const { gate, expert } = definitionsOf(options.gate, options.expert);
  expectSize(who, 'inputDim', inputDim);
  const experts = expectExperts(who, 'experts', options.experts);
  if ((gateParams === undefined) !== (expertParams === undefined)) {
    throw new MoeError(who, 'gateParams and expertParams must be given together');
  }
  const shape = { gate, expert, inputDim, experts };
  const overSpecified = expectAtoms(who, options.overSpecified ?? [0], experts);
  const support = expectSupport(who, options.support, inputDim);
  const allowance = allowanceOf(who, options);
  const asked = { bits, spread, seed, support, overSpecified };
  const given =
    gateParams && expertParams ? mixingMeasure({ ...shape, gateParams, expertParams }) : undefined;
  const first = given ?? genericMeasure(shape, seed);
  expectDistinctAtoms(first);
  expectEvaluation(first);
  const { answers, draws, notes } = given
    ? atGiven(answersAt(given, asked, allowance))
    : genericAnswers(shape, asked, allowance);
  const { of, firstOrder, secondOrder, literal, pooled, atSplit } = answers;
  /** A verdict with what it holds for. */
  const quantified = <V extends Verdict>(name: QuestionName, verdict: V, own: readonly string[] = []) => ({
    ...verdict,
    quantifier: quantifierOf(verdict, { draws: draws[name], isPiecewise: isPiecewise(of) }),
    draws: draws[name],
    notes: [...own, ...notes[name]],
  });
  const constants = constantNotes(of);
  const jacobian = quantified('firstOrder', firstOrder, [
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
      notes: [...secondOrder.notes, ...constants, ...notes.secondOrder],
    },
    literal: {
      ...quantified('literal', literal!, constants),
      definition: temperedLogits(of) ? 'algebraic independence' : 'strong identifiability',
    },
    ...(pooled && {
      weak: {
        pooled: { ...quantified('pooled', pooled, constants), definition: 'weak identifiability, pooled' },
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
    symmetries: symmetriesOf(of),
    operations: allowance.spent,
    parameters: { gateParams: of.gateParams, expertParams: of.expertParams },
  };
}
