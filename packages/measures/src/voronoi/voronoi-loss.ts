import {
  type Expert,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  MoeError,
  paramSize,
} from '@tfjs-moe/core';
import { expectMeasure, type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';
import { expertTraits } from '../reading/traits-of.ts';
import { expertLoss } from './expert-loss.ts';
import { type FamilyForm, type FormPair, familyOf, lossOf } from './family.ts';
import { type FoundLoss, flatLoss } from './flat-loss.ts';
import { hierarchicalLoss } from './hierarchical-loss.ts';
import {
  type Family,
  type LossName,
  type LossTerms,
  lossesWithPower,
  lossNames,
  lossTerms,
} from './loss-names.ts';
import { sigmoidLoss } from './sigmoid-loss.ts';
import type { GaugeChoice } from './softmax-problem.ts';

/** Options of `voronoiLoss`: which loss, its exponent, and what is minimised over. */
export interface VoronoiOptions {
  /** Which loss. Default by the gate of the truth: `D1`, `D4`, `D5`, `sigmoidD1` or `topKD1`. */
  readonly loss?: LossName;
  /** The exponent r of `D2`, `D3`, `D6` and `sigmoidD2`, at least 1; these need it. */
  readonly r?: number;
  /**
   * Whether to minimise over all that the gate does not see, over its shifts but not the scale of a learned temperature
   * (in the papers the last gate is 0, while nothing fixes that scale), or to take the numbers as they are. Default
   * `'minimise'`.
   */
  readonly gauge?: 'minimise' | 'shifts' | 'fixed';
  /**
   * Whether the common factor $e^{t_0}$ of the fitted masses is free, or makes their total the true one. Free is the infimum:
   * far from the truth it is attained by masses that vanish, and the loss is then the true total, however far. Near
   * the truth both are of one order. Default `'free'`.
   */
  readonly masses?: 'free' | 'equalTotal';
}

/** What `voronoiLoss` returns: the loss, the cells, and the fitted measure in the gauge that attains it. */
export interface VoronoiLoss {
  /** The loss, not negative. */
  readonly value: number;
  /** Which of the papers' losses it is. */
  readonly loss: LossName;
  /** For every true atom the fitted ones that are nearest to it, in the gauge of `aligned`. */
  readonly cells: readonly (readonly number[])[];
  /** The fitted measure in the gauge that attains the loss. */
  readonly aligned: MixingMeasure;
  /**
   * Whether the infimum is the trivial one, of vanishing masses, of a hierarchical gate in any of its groups; `aligned` then
   * has these masses as they were, and another loss.
   */
  readonly isSaturated: boolean;
}

const who = 'voronoiLoss';

/**
 * Voronoi losses: how far a fitted mixing measure is from the true one, cell by cell. Every fitted atom belongs to the
 * nearest true one; a cell's masses are compared with the true mass, its atoms with the true atom.
 *
 * $D_1(G, G_*) = \sum_j \Bigl|\sum_{i \in A_j} e^{\beta_{0i}} - e^{\beta^*_{0j}}\Bigr| + \sum_{|A_j| = 1} e^{\beta_{0i}}
 * \bigl[\lVert\Delta\beta_1\rVert + \lVert\Delta\eta\rVert\bigr] + \sum_{|A_j| > 1} e^{\beta_{0i}} \bigl[\lVert\Delta\beta_1\rVert^2 +
 * \lVert\Delta\eta\rVert^2\bigr]$, and its relatives for other gates and experts.
 *
 * A softmax does not see $\beta_{1} + t_1$ and $\beta_0 + t_0$, while the printed losses do. By default they are minimised
 * over $t_1$ and $t_0$, of a hierarchical softmax at each level and in each group, and over the scale $c(\beta_1, \beta_0,
 * \tau)$ that a learned temperature over a linear router hides. Equal functions by the gauge have loss 0 then.
 *
 * The loss between a fitted and the true measure, of the same gate and expert but for the number of atoms and the K of
 * top-K; `experts` compares experts under any two gates.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, equations (5) to (29), and the papers under `LossName`.
 */
export function voronoiLoss(
  measure: MixingMeasure,
  truth: MixingMeasure,
  options: VoronoiOptions = {},
): VoronoiLoss {
  expectKnownOptions(who, options, ['loss', 'r', 'gauge', 'masses']);
  expectMeasure(who, 'measure', measure);
  expectMeasure(who, 'truth', truth);
  const gauge = expectOneOf(who, 'gauge', options.gauge ?? 'minimise', ['minimise', 'shifts', 'fixed']);
  const masses = expectOneOf(who, 'masses', options.masses ?? 'free', ['free', 'equalTotal']);
  const loss = expectOneOf(who, 'loss', options.loss ?? lossOf[familyOf(truth).family], lossNames);
  const needsPower = lossesWithPower.includes(loss);
  if (!needsPower && options.r !== undefined) {
    throw new MoeError(who, `r is for ${lossesWithPower.join(', ')}, not for ${loss}`, options.r);
  }
  const r = needsPower ? expectNumber(who, 'r', options.r, { min: 1 }) : 1;
  const terms = lossTerms(loss, r, expertTraits(truth.expert).form?.bias);
  expectSameExperts(measure, truth);
  if (loss === 'topKD2') expectLinear(truth.expert);
  const { gateParams, ...found } =
    terms.gates === undefined
      ? expertLoss(measure, truth, terms)
      : gateLoss(measure, truth, loss, { ...terms, gates: terms.gates }, { gauge, masses });
  return { ...found, loss, aligned: { ...measure, gateParams } };
}

/** A loss that compares gates too. */
function gateLoss(
  measure: MixingMeasure,
  truth: MixingMeasure,
  loss: LossName,
  terms: LossTerms & { readonly gates: readonly Family[] },
  choice: GaugeChoice,
): FoundLoss {
  const [ours, theirs] = [familyOf(measure), familyOf(truth)];
  if (!terms.gates.includes(theirs.family)) {
    throw new MoeError(who, `${loss} is for the gate ${terms.gates.join(' or ')}`, theirs.family);
  }
  if (ours.family !== theirs.family)
    throw new MoeError(who, `both gates must be ${theirs.family}`, ours.family);
  expectSameParameters(measure, truth, 'gate');
  // Of one family, as was just seen.
  const pair = <F extends FamilyForm>(own: F): FormPair<F> => ({ fitted: own, truth: theirs as F });
  switch (ours.family) {
    case 'hierarchical':
      return hierarchicalLoss(measure, truth, pair(ours), terms, choice);
    case 'sigmoid':
      return sigmoidLoss(measure, truth, pair(ours), terms, loss === 'sigmoidD1');
    default:
      return flatLoss(measure, truth, pair(ours), terms, choice);
  }
}

/** The Voronoi cells alone: for every true atom the fitted ones that are nearest to it, in the gauge of the loss. */
export function voronoiCells(
  measure: MixingMeasure,
  truth: MixingMeasure,
  options: VoronoiOptions = {},
): readonly (readonly number[])[] {
  expectMeasure('voronoiCells', 'measure', measure);
  expectMeasure('voronoiCells', 'truth', truth);
  return voronoiLoss(measure, truth, options).cells;
}

/** Of one kind, or alike in all that they say of themselves or are found to be. */
function expectSameExperts(measure: MixingMeasure, truth: MixingMeasure): void {
  const traits = [measure, truth].map(({ expert }) => {
    const { form, linearIn, units } = expertTraits(expert);
    return JSON.stringify({ form, linearIn, units });
  });
  if (measure.expert.kind !== truth.expert.kind && traits[0] !== traits[1]) {
    throw new MoeError(who, `both experts must be ${truth.expert.kind}`, measure.expert.kind);
  }
  expectSameParameters(measure, truth, 'expert');
}

function expectSameParameters(measure: MixingMeasure, truth: MixingMeasure, part: 'gate' | 'expert'): void {
  const shapes = [measure, truth].map((of) =>
    Object.entries(measureSpecs(of)[part])
      .map(([name, spec]) => `${name} [${paramSize(spec)}]`)
      .join(', '),
  );
  if (shapes[0] === shapes[1]) return;
  throw new MoeError(who, `both measures must have the parameters ${shapes[1]}`, shapes[0]);
}

function expectLinear(expert: Expert): void {
  const { form } = expertTraits(expert);
  const { activation = 'identity', degree = 1, of } = form ?? {};
  if (of === 'input' && activation === 'identity' && degree === 1) return;
  throw new MoeError(who, 'topKD2 is for linear experts', expert.kind);
}
