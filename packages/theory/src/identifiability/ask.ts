import {
  type Expert,
  expectExperts,
  expectSize,
  type Gate,
  type Identifier,
  MoeError,
  type Numbers,
} from '@tfjs-moe/core';
import type { MeasureShape, MixingMeasure } from '@tfjs-moe/measures';
import { type Allowance, allowanceOf } from '../decide/allowance.ts';
import type { DecideOptions } from '../decide/examine.ts';
import { expectDistinctAtoms } from '../mixture/distinct-atoms.ts';
import { genericMeasure } from '../mixture/draws.ts';
import { expectSupport, type Support } from '../verdict/support.ts';
import { answersAt } from './answers.ts';
import { definitionsOf, expectEvaluation } from './definitions.ts';
import { expectAtoms } from './expect-atoms.ts';
import { atGiven, type GenericAnswers, genericAnswers } from './generic-answers.ts';
import {
  isRestricted,
  measured,
  type Restriction,
  restricted,
  restrictionNotes,
  restrictionOptions,
  withCompany,
} from './restriction.ts';

/** Options of `identifiability`: gate, expert, sizes, which atoms are over-fitted, budget and seed. */
export interface IdentifiabilityOptions<GateKind extends string = string, ExpertKind extends string = string>
  extends DecideOptions,
    Restriction {
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

/** Their names. */
export const questionOptions: readonly string[] = [
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
  ...restrictionOptions,
];

/** Answers, and what they were asked with. */
export interface Asked extends GenericAnswers {
  /** The measure that the caller gave; undefined where parameters were drawn. */
  readonly given: MixingMeasure | undefined;
  readonly seed: number;
  readonly support: Support | undefined;
  readonly allowance: Allowance;
  /** What was known of the parameters, in words. */
  readonly restriction: readonly string[];
}

/** How a question differs from that of the regression function. */
export interface AskedOtherwise {
  /** The mixture that is asked about, of gate, expert and sizes. */
  readonly shapeOf?: (shape: MeasureShape) => MeasureShape;
  /** Whether the literal sets are left out. */
  readonly ordersAlone?: boolean;
}

/** Asks at the parameters that are given, or at draws that agree. */
export function ask<GateKind extends string, ExpertKind extends string>(
  who: string,
  options: IdentifiabilityOptions<GateKind, ExpertKind>,
  { shapeOf = (shape) => shape, ordersAlone = false }: AskedOtherwise = {},
): Asked {
  const { inputDim, gateParams, expertParams } = options;
  const { bits = [192, 320, 640], spread = 1, seed = 0 } = options;
  const { gate, expert } = definitionsOf(options.gate, options.expert, who);
  expectSize(who, 'inputDim', inputDim);
  const experts = expectExperts(who, 'experts', options.experts);
  const plain = { gate, expert, inputDim, experts };
  const shape = restricted(who, shapeOf(withCompany(who, plain, options)), options);
  if ((gateParams === undefined) !== (expertParams === undefined))
    throw new MoeError(who, 'gateParams and expertParams must be given together');
  const overSpecified = expectAtoms(who, options.overSpecified ?? [0], experts);
  const support = expectSupport(who, options.support, inputDim);
  const allowance = allowanceOf(who, options);
  const given = gateParams && expertParams ? measured(shape, { gateParams, expertParams }) : undefined;
  const first = given ?? genericMeasure(shape, seed);
  expectDistinctAtoms(first);
  expectEvaluation(first);
  const isPartial = isRestricted(options);
  const asked = { bits, spread, seed, support, overSpecified, ordersAlone, isPartial };
  const found = given ? atGiven(answersAt(given, asked, allowance)) : genericAnswers(shape, asked, allowance);
  return { ...found, given, seed, support, allowance, restriction: restrictionNotes(options) };
}
