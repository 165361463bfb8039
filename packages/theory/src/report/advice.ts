import { type Config, type Expert, type Gate, MoeError } from '@tfjs-moe/core';
import { getFamily, type MeasureShape } from '@tfjs-moe/measures';
import { allowanceOf, type BudgetOptions } from '../decide/allowance.ts';
import { decideWithin } from '../decide/decide.ts';
import { densityPair } from '../density/density-pair.ts';
import { type DensityModel, readModel } from '../density/model.ts';
import { jacobianFamily } from '../families/jacobian.ts';
import { type Restriction, restricted, withCompany } from '../identifiability/restriction.ts';
import { genericMeasure } from '../mixture/draws.ts';
import type { Regime } from '../rates/sigmoid.ts';
import { addingAnAtom, firstThatHolds } from '../rates/tried.ts';
import { askSecondOrder } from '../second-order/ask-second-order.ts';
import type { Support } from '../verdict/support.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { areAlike, askEveryAtom } from './ask-every-atom.ts';
import { type Change, changesOf } from './changes.ts';
import type { Judged } from './reduced.ts';
import { type Standing, standingOf } from './standing.ts';

/**
 * Advice that was tried: changes after which the verdicts are certified.
 */
export interface Advice {
  /** Names of the changes: one, or two where no single one suffices. */
  readonly changes: readonly string[];
  /** What to do, in words. */
  readonly text: string;
  /** What to write instead. */
  readonly code: readonly string[];
  readonly gate: Config;
  readonly expert: Config;
  /** Where the pair stands after the change, as certified. */
  readonly standing: Standing;
  /** The verdicts of the changed pair, at the size that the card was judged at. */
  readonly verdicts: { readonly firstOrder: VerdictWord; readonly secondOrder: VerdictWord };
}

type VerdictWord = Verdict['verdict'];

export interface AdviceOptions extends BudgetOptions {
  readonly overSpecified: boolean;
  readonly regime: Regime | undefined;
  readonly seed: number;
  /** The law of the response, where the density is asked about. */
  readonly model?: DensityModel;
  /** Where the inputs are. */
  readonly support?: Support;
  /** What is known of the parameters; a change is tried under the same restriction. */
  readonly restriction: Restriction;
  readonly progress: (what: string) => void;
}

/** Single changes that mend a pair; pairs of changes where there are none; nothing for a pair that needs none. */
export function adviceOn(judged: Judged, standing: Standing, options: AdviceOptions): Advice[] {
  if (standing === 'identifiable') return [];
  // The best approximation of a changed pair is not known, so that no change could be certified.
  if (options.regime === 2)
    return standing === 'identifiable if fitted exactly' ? [fewerExperts(judged)] : [];
  const { gate, expert } = judged;
  const changes = changesOf(gate, expert, judged.experts).filter((change) => isMeant(change, options));
  const tries = changes.flatMap((change) => tried(judged, [change], options) ?? []);
  const variance = oneVariance(judged, options);
  if (variance) tries.push(variance);
  const advice = tries.length > 0 ? tries : pairsOn(judged, changes, options);
  if (standing === 'identifiable if fitted exactly') advice.push(fewerExperts(judged));
  return advice;
}

/** The first two pairs of a change of the gate and one of the expert that help. */
function pairsOn(judged: Judged, changes: readonly Change[], options: AdviceOptions): Advice[] {
  const advice: Advice[] = [];
  for (const first of changes.filter(({ part }) => part === 'gate')) {
    for (const second of changesOf(first.gate, judged.expert, judged.experts)) {
      if (second.part !== 'expert' || advice.length === 2 || !isMeant(second, options)) continue;
      const found = tried(judged, [first, second], options);
      if (found) advice.push(found);
    }
  }
  return advice;
}

/** A change, or one after another, as advice if it helps. */
function tried(judged: Judged, changes: readonly Change[], options: AdviceOptions): Advice | undefined {
  const { gate, expert } = changes.at(-1)!;
  options.progress(`trying: ${changes.map(({ name }) => name).join(' and ')}`);
  const { inputDim, experts } = judged;
  const verdicts = asked({ gate, expert, inputDim, experts, reduced: [] }, options);
  if (verdicts === undefined) return undefined;
  const standing = standingOf(verdicts, options.overSpecified);
  if (standing !== 'identifiable' || (options.overSpecified && !options.model && isBroken(gate, expert)))
    return undefined;
  return {
    changes: changes.map(({ name }) => name),
    text: changes.map(({ text }) => text).join('; and '),
    code: changes.map(({ code }) => code),
    gate: gate.config,
    expert: expert.config,
    standing: 'identifiable',
    verdicts: { firstOrder: verdicts.firstOrder.verdict, secondOrder: verdicts.secondOrder.verdict },
  };
}

/** Whether a counterexample holds for a pair, in either regime of a sigmoid gate. */
function isBroken(gate: Gate, expert: Expert): boolean {
  return ([1, 2] as const).some((regime) => firstThatHolds(addingAnAtom, gate, expert, regime) !== undefined);
}

/** Whether what is known of a part still means something after a change: numbers are those of a formula. */
function isMeant(
  { part, keepsFormula }: Change,
  { restriction: { known = [], tied = [] } }: AdviceOptions,
): boolean {
  const numbers = [...known, ...tied.filter((name) => /[[#=]/.test(name))];
  return keepsFormula === true || !numbers.some((name) => name.includes(`${part}/`) || name.startsWith(part));
}

/** The two verdicts that advice rests on; nothing where the first one says no. */
function asked(of: Judged, { seed, model, support, restriction, ...options }: AdviceOptions) {
  const { gate, expert, inputDim, experts } = of;
  const shape = shapeOf({ gate, expert, inputDim, experts }, model, restriction);
  if (shape === undefined) return undefined;
  const measure = genericMeasure(shape, seed);
  const allowance = allowanceOf('reportCard', options);
  const precision = { bits: [192, 320, 640], spread: 1, seed, support };
  const family = { ...jacobianFamily(measure), support };
  const firstOrder = decideWithin(family, precision, allowance.upTo(allowance.left / 2));
  if (firstOrder.verdict !== 'independent') return undefined;
  const { known = [], tied = [] } = restriction;
  const isOne = !options.overSpecified || areAlike([...known, ...tied], model);
  return askEveryAtom(isOne, experts, (atom) => ({
    firstOrder,
    secondOrder: askSecondOrder(measure, [atom], firstOrder, { ...precision, allowance }),
  }));
}

/** Certified by the card's own first-order verdict. */
function fewerExperts({ gate, expert }: Judged): Advice {
  return {
    changes: ['the true number of experts'],
    text: 'fit no more experts than there are: the pair is identifiable then',
    code: [],
    gate: gate.config,
    expert: expert.config,
    standing: 'identifiable if fitted exactly',
    verdicts: { firstOrder: 'independent', secondOrder: 'dependent' },
  };
}

/** What is asked about; nothing where a gate has no law of the experts, or a pair no parameters of the names that are known. */
function shapeOf(
  plain: MeasureShape,
  model: DensityModel | undefined,
  restriction: Restriction,
): MeasureShape | undefined {
  const who = 'reportCard';
  try {
    const shape = withCompany(who, plain, restriction);
    return restricted(who, model ? densityPair(who, shape, readModel(who, model)) : shape, restriction);
  } catch (error) {
    if (error instanceof MoeError) return undefined;
    throw error;
  }
}

/** One variance for all experts, where it is certified to mend a density. */
function oneVariance(judged: Judged, options: AdviceOptions): Advice | undefined {
  const { model } = options;
  if (model === undefined || model.variances === 'common') return undefined;
  if (getFamily(model.family, 'reportCard').dispersion === undefined) return undefined;
  options.progress('trying: one dispersion for all');
  const verdicts = asked(judged, { ...options, model: { ...model, variances: 'common' } });
  if (verdicts === undefined || standingOf(verdicts, options.overSpecified) !== 'identifiable')
    return undefined;
  return {
    changes: ['one dispersion for all'],
    text: 'estimate one dispersion for all experts, where that is true of the data: one atom at least that is fitted exactly then fixes it',
    code: ["variances: 'common'"],
    gate: judged.gate.config,
    expert: judged.expert.config,
    standing: 'identifiable',
    verdicts: { firstOrder: verdicts.firstOrder.verdict, secondOrder: verdicts.secondOrder.verdict },
  };
}
