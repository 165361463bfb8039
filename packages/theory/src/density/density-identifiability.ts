import { expectKnownOptions, type Numbers } from '@tfjs-moe/core';
import { isPiecewise } from '../identifiability/answers.ts';
import { ask, type IdentifiabilityOptions, questionOptions } from '../identifiability/ask.ts';
import { combinationsIn } from '../identifiability/combinations.ts';
import { gaugeNotes } from '../identifiability/gauge.ts';
import type { Identifiability } from '../identifiability/identifiability-verdicts.ts';
import { firstOrderNotes } from '../identifiability/notes.ts';
import { quantifierOf, secondQuantifierOf } from '../identifiability/quantifier.ts';
import { symmetriesOf } from '../identifiability/symmetries.ts';
import { constantNotes } from '../mixture/constants.ts';
import { densityPair } from './density-pair.ts';
import { LAW, lawNotes, lawNumbers, permutationsOf, withoutLaws } from './laws-per-expert.ts';
import { type DensityModel, describeModel, readModel } from './model.ts';

/**
 * Options of `densityIdentifiability`: those of `identifiability`, and the law of the response. Parameters are given as
 * `parameters` of the answer shows them: the number beside the outputs is one of the expert's. Of families per expert it is 1
 * for an expert whose family has none.
 */
export interface DensityIdentifiabilityOptions<
  GateKind extends string = string,
  ExpertKind extends string = string,
> extends IdentifiabilityOptions<GateKind, ExpertKind> {
  /** The law of the response given an expert. */
  readonly model: DensityModel;
}

/** What `densityIdentifiability` returns: its two verdicts, and the parameters at which it was asked. */
export interface DensityIdentifiability
  extends Pick<Identifiability, 'firstOrder' | 'secondOrder' | 'combinations' | 'symmetries' | 'operations'> {
  /** The law in words. */
  readonly model: string;
  /** Where it was asked; the number beside the outputs is a parameter of the expert. */
  readonly parameters: { readonly gateParams: Numbers; readonly expertParams: Numbers };
}

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
  expectKnownOptions(who, options, [...questionOptions, 'model']);
  const model = readModel(who, options.model);
  const { laws } = model;
  const numbers = laws &&
    options.expertParams && { expertParams: { ...options.expertParams, [LAW]: lawNumbers(laws) } };
  const { answers, draws, notes, seed, support, allowance, restriction } = ask(
    who,
    { ...options, ...numbers },
    {
      shapeOf: (shape) => densityPair(who, shape, model),
      ordersAlone: true,
    },
  );
  const { inputDim } = options;
  const { of, firstOrder, secondOrder, gauge } = answers;
  const [piecewise, constants] = [isPiecewise(of), constantNotes(of)];
  const image = `asked of functions of ${inputDim === 1 ? 'the input' : `the ${inputDim} inputs`} and of s: ${model.image.name}, which determines the law`;
  const ofLaws = laws && lawNotes(laws);
  const jacobian = {
    ...firstOrder,
    quantifier: quantifierOf(firstOrder, { draws: draws.firstOrder, isPiecewise: piecewise }),
    draws: draws.firstOrder,
    notes: [
      image,
      ...(ofLaws?.both ?? []),
      ...restriction,
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
      notes: [
        image,
        ...(ofLaws ? [...ofLaws.both, ...ofLaws.second] : []),
        ...restriction,
        ...secondOrder.notes,
        ...constants,
        ...notes.secondOrder,
      ],
    },
    ...combinationsIn(of, firstOrder),
    symmetries: [...(laws ? permutationsOf(laws, of, restriction) : []), ...symmetriesOf(of)],
    operations: allowance.spent,
    parameters: {
      gateParams: of.gateParams,
      expertParams: laws ? withoutLaws(of.expertParams) : of.expertParams,
    },
  };
}
