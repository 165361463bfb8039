import {
  type Expert,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectSize,
  type Gate,
  type Identifier,
  MoeError,
  type Numbers,
  type ScoredForm,
} from '@tfjs-moe/core';
import { gateTraits, type MixingMeasure, mixingMeasure, readGate } from '@tfjs-moe/measures';
import { type Allowance, allowanceOf } from '../decide/allowance.ts';
import { decideWithin } from '../decide/decide.ts';
import type { DecideOptions, Precision } from '../decide/examine.ts';
import { algebraicFamily } from '../families/algebraic.ts';
import { jacobianFamily } from '../families/jacobian.ts';
import { strongFamily } from '../families/strong.ts';
import { weakFamily } from '../families/weak.ts';
import { coveredForm } from '../mixture/covered-form.ts';
import { hasKinks } from '../mixture/kinks.ts';
import { expectDistinctAtoms, genericMeasure } from '../mixture/parameters.ts';
import { selects } from '../mixture/regions.ts';
import { askSecondOrder } from '../second-order/ask-second-order.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { definitionsOf, expectEvaluation } from './definitions.ts';
import { gaugeNotes, gaugeOf, unlessGauge } from './gauge.ts';
import type { Identifiability } from './identifiability-verdicts.ts';
import { firstOrderNotes } from './notes.ts';
import { splitAtom } from './split-atom.ts';

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
  /** Parameters to ask at, both or neither. Default: drawn at random from `seed`. */
  readonly gateParams?: Numbers;
  readonly expertParams?: Numbers;
  /** Atoms that are fitted by several, from 0; the others are fitted exactly. Default `[0]`. */
  readonly overSpecified?: readonly number[];
}

/** Factors of the spread that are tried where the first is inconclusive. */
const WIDENINGS = [2, 4];

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
  const of: MixingMeasure =
    gateParams && expertParams
      ? mixingMeasure({ ...shape, gateParams, expertParams })
      : genericMeasure(shape, seed);
  expectDistinctAtoms(of);
  expectEvaluation(of);
  const overSpecified = expectAtoms(options.overSpecified ?? [0], experts);
  const allowance = allowanceOf(who, options);
  const rest = { bits, spread, seed };
  const isPiecewise = hasKinks(of) || selects(of);
  const partOf = (part: number) => allowance.upTo(part * allowance.left);
  /** Decides within a part of what is left. */
  const within = (part: number, family: LabelledFamily) => askWider(family, isPiecewise, rest, partOf(part));
  const gauge = gaugeOf(of, rest, partOf(0.2));
  const firstOrder = unlessGauge(within(0.4, jacobianFamily(of, gauge.fixed)), of, gauge);
  const secondOrder = askSecondOrder(of, overSpecified, firstOrder, {
    ...rest,
    allowance: partOf(0.6),
  });
  const isSigmoid = coveredForm(gate, experts)?.type === 'sigmoid';
  const pooled = isSigmoid ? within(0.3, weakFamily(of)) : undefined;
  const heated = temperedLogits(of);
  const literal = within(1, heated ? algebraicFamily(of, heated) : strongFamily(of));
  const split = isSigmoid ? splitAtom(of) : undefined;
  const atSplit = split && within(1, jacobianFamily(split));
  return {
    firstOrder: { ...firstOrder, notes: [...firstOrderNotes(of, seed), ...gaugeNotes(gauge)] },
    secondOrder,
    literal: { ...literal, definition: heated ? 'algebraic independence' : 'strong identifiability' },
    ...(pooled && {
      weak: {
        pooled: { ...pooled, definition: 'weak identifiability, pooled' },
        jacobian: { ...firstOrder, definition: 'weak identifiability, Jacobian' },
        ...(atSplit && {
          atSplit: { ...atSplit, definition: 'weak identifiability, Jacobian at a split atom' as const },
        }),
      },
    }),
    operations: allowance.spent,
    parameters: { gateParams: of.gateParams, expertParams: of.expertParams },
  };
}

/** The logits of a gate with a temperature and no selection that a form knows: what Definition 2 speaks about. */
function temperedLogits({ gate, experts }: MixingMeasure): ScoredForm | undefined {
  const { form } = gateTraits(gate, experts);
  if (form !== undefined && (form.type !== 'competitive' || form.selection !== undefined)) return undefined;
  const logits = readGate(gate, experts)?.logits;
  return logits?.temperature === undefined ? undefined : logits;
}

/**
 * Asks again at points that are spread wider: where the first are inconclusive, because kinks and saturations are met
 * farther out, and where a mixture with kinks or regions has relations that rest on the points alone, because functions
 * whose piece no point meets look like zero.
 */
function askWider(
  family: LabelledFamily,
  isPiecewise: boolean,
  options: Required<Precision>,
  allowance: Allowance,
): Verdict {
  let verdict = decideWithin(family, options, allowance);
  for (const factor of WIDENINGS) {
    const isDoubtful = verdict.verdict === 'inconclusive' || (isPiecewise && numericalOnes(verdict) > 0);
    if (!isDoubtful || allowance.left === 0) break;
    const wider = decideWithin(family, { ...options, spread: factor * options.spread }, allowance);
    if (wider.verdict === 'inconclusive') continue;
    if (verdict.verdict === 'inconclusive' || numericalOnes(wider) < numericalOnes(verdict)) verdict = wider;
  }
  return verdict;
}

const numericalOnes = (verdict: Verdict): number =>
  verdict.verdict === 'dependent' ? verdict.relations.filter(({ proof }) => proof === 'numerical').length : 0;

function expectAtoms(atoms: readonly number[], experts: number): readonly number[] {
  const who = 'identifiability';
  if (!Array.isArray(atoms)) throw new MoeError(who, 'overSpecified must be a list of atoms', atoms);
  const sorted = atoms
    .map((atom) => expectInteger(who, 'overSpecified', atom, { min: 0, max: experts - 1 }))
    .sort((a, b) => a - b);
  if (sorted.length > 0 && new Set(sorted).size === sorted.length) return sorted;
  throw new MoeError(who, 'overSpecified must name at least one atom, and none twice', atoms);
}
