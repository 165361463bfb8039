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
import { answersAt, isPiecewise } from '../identifiability/answers.ts';
import { definitionsOf, expectEvaluation } from '../identifiability/definitions.ts';
import { expectAtoms } from '../identifiability/expect-atoms.ts';
import { gaugeNotes } from '../identifiability/gauge.ts';
import { atGiven, genericAnswers } from '../identifiability/generic-answers.ts';
import type { Identifiability } from '../identifiability/identifiability-verdicts.ts';
import { firstOrderNotes } from '../identifiability/notes.ts';
import { quantifierOf, secondQuantifierOf } from '../identifiability/quantifier.ts';
import { symmetriesOf } from '../identifiability/symmetries.ts';
import { constantNotes } from '../mixture/constants.ts';
import { expectDistinctAtoms } from '../mixture/distinct-atoms.ts';
import { genericMeasure } from '../mixture/draws.ts';
import { expectSupport, type Support } from '../verdict/support.ts';
import { densityPair } from './density-pair.ts';
import { type DensityModel, describeModel, readModel } from './model.ts';

/** Options of `densityIdentifiability`: those of `identifiability`, and the law of the response. */
export interface DensityIdentifiabilityOptions<
  GateKind extends string = string,
  ExpertKind extends string = string,
> extends DecideOptions {
  /** A gate, its config or its kind. */
  readonly gate: Identifier<Gate, GateKind>;
  /** An expert, its config or its kind. */
  readonly expert: Identifier<Expert, ExpertKind>;
  readonly inputDim: number;
  /** Number of experts. */
  readonly experts: number;
  /** The law of the response given an expert. */
  readonly model: DensityModel;
  /**
   * Parameters to ask at, both or neither, as `parameters` of the answer shows them: the number beside the outputs is one of
   * the expert's. Default: drawn from `seed`.
   */
  readonly gateParams?: Numbers;
  readonly expertParams?: Numbers;
  /** Where the inputs are: a box, or the rows of a table. Default: anywhere. */
  readonly support?: Support;
  /** Atoms that are fitted by several, from 0; the others are fitted exactly. Default `[0]`. */
  readonly overSpecified?: readonly number[];
}

/** What `densityIdentifiability` returns: its two verdicts, and the parameters at which it was asked. */
export interface DensityIdentifiability
  extends Pick<Identifiability, 'firstOrder' | 'secondOrder' | 'symmetries' | 'operations'> {
  /** The law in words. */
  readonly model: string;
  /** Where it was asked; the number beside the outputs is a parameter of the expert. */
  readonly parameters: { readonly gateParams: Numbers; readonly expertParams: Numbers };
}

const known = [
  'gate',
  'expert',
  'inputDim',
  'experts',
  'model',
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
 * What can be identified of the conditional density $g_G(y \mid x) = \sum_e w_e(x)\, f(y; h(x, \eta_e), \varphi_e)$ by maximum
 * likelihood: the questions of `identifiability`, asked of another set of functions.
 *
 * First order: whether the derivatives of the density in all parameters, gauge removed, are independent, so that atoms that
 * are fitted exactly have the parametric rate. Second order: the positive semidefinite criterion, with which atoms that are
 * over-fitted have $n^{-1/4}$. Both are decided for the image of the law, a transform that determines it, and hold for the
 * densities. Two lines with constant weights are one line to a regression and two to a Gaussian density; two lines with
 * variances of their own are lost at the second order by $\partial^2_\mu f = 2\,\partial_{\sigma^2} f$, where a regression
 * loses them altogether.
 *
 * Source: the criterion is our own; that such equations decide the rates is found in Nguyen, Nguyen and Ho (2023),
 * arXiv:2305.03288.
 */
export function densityIdentifiability<const GateKind extends string, const ExpertKind extends string>(
  options: DensityIdentifiabilityOptions<GateKind, ExpertKind>,
): DensityIdentifiability {
  const who = 'densityIdentifiability';
  expectKnownOptions(who, options, known);
  const { inputDim, gateParams, expertParams } = options;
  const { bits = [192, 320, 640], spread = 1, seed = 0 } = options;
  const { gate, expert } = definitionsOf(options.gate, options.expert, who);
  expectSize(who, 'inputDim', inputDim);
  const experts = expectExperts(who, 'experts', options.experts);
  const model = readModel(who, options.model);
  const overSpecified = expectAtoms(who, options.overSpecified ?? [0], experts);
  const support = expectSupport(who, options.support, inputDim);
  const allowance = allowanceOf(who, options);
  const shape = densityPair(who, { gate, expert, inputDim, experts }, model);
  if ((gateParams === undefined) !== (expertParams === undefined))
    throw new MoeError(who, 'gateParams and expertParams must be given together');
  const given =
    gateParams && expertParams ? mixingMeasure({ ...shape, gateParams, expertParams }) : undefined;
  const first = given ?? genericMeasure(shape, seed);
  expectDistinctAtoms(first);
  expectEvaluation(first);
  const asked = { bits, spread, seed, support, overSpecified, ordersAlone: true };
  const { answers, draws, notes } = given
    ? atGiven(answersAt(given, asked, allowance))
    : genericAnswers(shape, asked, allowance);
  const { of, firstOrder, secondOrder, gauge } = answers;
  const [piecewise, constants] = [isPiecewise(of), constantNotes(of)];
  const image = `asked of functions of ${inputDim === 1 ? 'the input' : `the ${inputDim} inputs`} and of s: ${model.image.name}, which determines the law`;
  const jacobian = {
    ...firstOrder,
    quantifier: quantifierOf(firstOrder, { draws: draws.firstOrder, isPiecewise: piecewise }),
    draws: draws.firstOrder,
    notes: [
      image,
      ...firstOrderNotes(of, seed, support),
      ...constants,
      ...gaugeNotes(gauge),
      ...notes.firstOrder,
    ],
  };
  const asSecond = { draws: draws.secondOrder, isPiecewise: piecewise };
  return {
    model: describeModel(model),
    firstOrder: jacobian,
    secondOrder: {
      ...secondOrder,
      quantifier: secondQuantifierOf(secondOrder, asSecond, jacobian),
      draws: draws.secondOrder,
      notes: [image, ...secondOrder.notes, ...constants, ...notes.secondOrder],
    },
    symmetries: symmetriesOf(of),
    operations: allowance.spent,
    parameters: { gateParams: of.gateParams, expertParams: of.expertParams },
  };
}
