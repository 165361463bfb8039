import {
  type Config,
  expectBoolean,
  expectInteger,
  expectKnownOptions,
  expectPositive,
  type Gate,
  MoeError,
} from '@tfjs-moe/core';
import { gateTraits } from '@tfjs-moe/measures';
import type { BudgetOptions } from '../decide/allowance.ts';
import { densityIdentifiability } from '../density/density-identifiability.ts';
import { densityPair } from '../density/density-pair.ts';
import { type DensityModel, type ReadModel, readModel } from '../density/model.ts';
import type { IdentifiableCombinations } from '../identifiability/combinations.ts';
import { GAUGE_FOUND } from '../identifiability/gauge.ts';
import { identifiability } from '../identifiability/identifiability.ts';
import type { Identifiability } from '../identifiability/identifiability-verdicts.ts';
import {
  isRestricted,
  type Restriction,
  restrictionNotes,
  restrictionOptions,
} from '../identifiability/restriction.ts';
import { interactions } from '../interactions/interactions.ts';
import { levelsOf } from '../interactions/levels.ts';
import { type Rates, rates } from '../rates/rates.ts';
import type { Regime } from '../rates/sigmoid.ts';
import { expectSupport, type Support } from '../verdict/support.ts';
import { type Advice, adviceOn } from './advice.ts';
import { areAlike, askEveryAtom, expectJudged, familiesOf } from './ask-every-atom.ts';
import { describeExpert, describeGate } from './describe.ts';
import { type Judged, reduced, type Sizes } from './reduced.ts';
import {
  type ReportInteraction,
  type ReportSecondOrder,
  type ReportVerdict,
  reportInteraction,
  reportSecondOrder,
  reportVerdict,
} from './report-verdict.ts';
import { type Culprit, culpritsOf, type Standing, standingOf } from './standing.ts';
import { type ReportSubject, readSubject } from './subject.ts';

/** Options of `reportCard`: sizes, whether atoms are over-fitted, budget and seed. */
export interface ReportCardOptions extends BudgetOptions, Restriction {
  /** Whether more atoms are fitted than there are. Default true. */
  readonly overSpecified?: boolean;
  /**
   * Of a plain sigmoid gate: the regime that the card is about. 1: gates of over-specified atoms do not depend on the
   * input; 2: they do. Default: where the pair stands in regime 1, and the rates of both.
   */
  readonly regime?: Regime;
  /** Largest sizes that are judged as they are. Default 8 inputs, 8 experts, 4 hidden units; 2, 3 and 1 for layers. */
  readonly sizes?: Partial<Sizes>;
  /**
   * The law of the response, where the model is fitted by maximum likelihood: everything is then asked of the conditional
   * density. Default: none, a regression by least squares.
   */
  readonly model?: DensityModel;
  /** Where the inputs are, of all that are judged: verdicts are those there. Default: anywhere. */
  readonly support?: Support;
  /** Seed of the parameters that verdicts are asked at. Default 0. */
  readonly seed?: number;
  /** Told what is about to be done. */
  readonly onProgress?: (what: string) => void;
}

/**
 * What `reportCard` returns: verdicts, rates, interactions and advice on a gate with an expert, as plain data.
 */
export interface ReportCard {
  /** What was asked about. */
  readonly subject: {
    readonly gate: Config;
    readonly expert: Config;
    /** Null where a layer does not know it. */
    readonly inputDim: number | null;
    readonly experts: number;
    readonly overSpecified: boolean;
    /** Of a sigmoid gate, where it was asked for. */
    readonly regime?: Regime;
    /** What was known of the parameters, in words. */
    readonly restriction?: readonly string[];
  };
  /** What was judged; `reduced` tells what was made smaller for it. */
  readonly judged: {
    readonly gate: Config;
    readonly expert: Config;
    readonly inputDim: number;
    readonly experts: number;
    readonly reduced: readonly string[];
  };
  /** The gate and the expert that were judged, in words. */
  readonly title: string;
  /** The law of the response in words, where it was asked about. */
  readonly model?: string;
  readonly standing: Standing;
  /** One sentence; others where it rests on evidence and not on a proof, or on a gauge that the gate does not say. */
  readonly summary: string;
  /** Atoms that are fitted exactly: the Jacobian without the gauge. */
  readonly firstOrder: ReportVerdict;
  /** Over-fitted atoms: the positive-semidefinite criterion. */
  readonly secondOrder: ReportSecondOrder;
  /** The set printed in the definition, of a regression. */
  readonly literal?: ReportVerdict & { readonly definition: string };
  /** Sigmoid gates in regime 2. */
  readonly weak?: {
    readonly pooled: ReportVerdict;
    readonly jacobian: ReportVerdict;
    /** At an atom in two parts with one gate, for experts that add up. */
    readonly atSplit?: ReportVerdict;
  };
  /** Permutations and sign flips of the parameters, up to which they are meant where they are called distinct. */
  readonly symmetries: readonly string[];
  /** What is determined where parameters are not identifiable, and it is proved that nothing else is lost. */
  readonly combinations?: IdentifiableCombinations;
  /** What keeps the pair from being learned, the worst first. */
  readonly culprits: readonly Culprit[];
  /** The differential equations between gate and expert; empty for gates whose weights are not made of exponentials or sigmoids of scores. */
  readonly interactions: readonly ReportInteraction[];
  readonly rates: Rates;
  /** Sigmoid gates in regime 2, where weights of over-specified experts depend on the input. */
  readonly ratesInRegimeTwo?: Rates;
  readonly advice: readonly Advice[];
}

const known = [
  'overSpecified',
  'regime',
  'budget',
  'timeLimit',
  'sizes',
  'model',
  'support',
  'seed',
  'onProgress',
  ...restrictionOptions,
];
const specSizes: Sizes = { inputDim: 8, experts: 8, hiddenUnits: 4 };
const layerSizes: Sizes = { inputDim: 2, experts: 3, hiddenUnits: 1 };
/** Interactions are a matter of one atom, and hidden units repeat what one of them shows. */
const interactionSizes: Sizes = { inputDim: 2, experts: 4, hiddenUnits: 1 };

/**
 * Report card: what an engineer wants to know of a gate with an expert: what can be identified, at which rate, which
 * interaction slows it, and which one change mends it.
 *
 * Verdicts and interactions are computed, rates are looked up with their sources, and advice is tried: a change is
 * recommended only where the changed pair was certified. Large layers are judged at a reduced size, and the card says so.
 *
 * The report card of a layer, of the config of one, or of a gate with an expert.
 */
export function reportCard<
  const GateKind extends string,
  const ExpertKind extends string,
  const RouterKind extends string,
>(of: ReportSubject<GateKind, ExpertKind, RouterKind>, options: ReportCardOptions = {}): ReportCard {
  const who = 'reportCard';
  expectKnownOptions(who, options, known);
  const overSpecified = expectBoolean(who, 'overSpecified', options.overSpecified ?? true);
  const { budget, timeLimit } = options;
  const limits: BudgetOptions = {
    ...(budget !== undefined && { budget: expectPositive(who, 'budget', budget) }),
    ...(timeLimit !== undefined && { timeLimit: expectPositive(who, 'timeLimit', timeLimit) }),
  };
  const seed = expectInteger(who, 'seed', options.seed ?? 0);
  const regime =
    options.regime === undefined
      ? undefined
      : (expectInteger(who, 'regime', options.regime, { min: 1, max: 2 }) as Regime);
  const progress = options.onProgress ?? (() => {});
  const subject = readSubject(of as ReportSubject);
  const { model } = options;
  const families = familiesOf(model);
  const wanted = { ...(subject.isLayer ? layerSizes : specSizes), ...options.sizes };
  // Each expert has its own law, so that none can be left out.
  const sizes = families ? { ...wanted, experts: Math.max(wanted.experts, families.length) } : wanted;
  const judged = reduced(subject, sizes);
  const { gate, expert, inputDim, experts } = judged;
  if (regime !== undefined && options.model !== undefined)
    throw new MoeError(who, 'a regime is a matter of regressions: give it or a model', regime);
  if (regime !== undefined && !isPlainSigmoid(gate, experts))
    throw new MoeError(who, `a regime is a matter of plain sigmoid gates, not of ${gate.kind}`, regime);

  progress(`verdicts for ${inputDim} inputs and ${experts} experts`);
  const support = expectSupport(who, options.support, inputDim);
  const { tied = [], sharedExperts = subject.sharedExperts } = options;
  const restriction: Restriction = { known: options.known ?? [], tied, sharedExperts };
  const isPartial = isRestricted(restriction);
  const where = { ...(support !== undefined && { support }), ...(isPartial && restriction) };
  const named = [...(restriction.known ?? []), ...tied];
  expectJudged(who, named, { experts, of: subject.experts });
  const answer = askEveryAtom<Asked>(!overSpecified || areAlike(named, model), experts, (atom) => {
    const asked = { gate, expert, inputDim, experts, ...where, ...limits, seed, overSpecified: [atom] };
    return model ? densityIdentifiability({ ...asked, model }) : identifiability(asked);
  });
  progress('interactions of gate and expert');
  // Equations between all parameters say little where some are known, or where each expert has its own.
  const equations =
    isPartial || families
      ? []
      : interactionsOf(
          reduced({ ...subject, ...judged, units: 1 }, interactionSizes),
          limits,
          seed,
          model && readModel(who, model),
        );
  const found = rates({
    gate,
    expert,
    overSpecified,
    inputDim,
    experts,
    restricted: isPartial,
    ...(regime !== undefined && { regime }),
    ...(model && { model }),
  });
  const standing = standingOf(answer, overSpecified, regime);
  const advice = adviceOn(judged, standing, {
    overSpecified,
    regime,
    ...limits,
    ...(model && { model }),
    ...(support !== undefined && { support }),
    restriction: isPartial ? restriction : {},
    seed,
    progress,
  });
  return {
    subject: {
      gate: subject.gate.config,
      expert: subject.expert.config,
      inputDim: subject.inputDim ?? null,
      experts: subject.experts,
      overSpecified,
      ...(regime !== undefined && { regime }),
      ...(isPartial && { restriction: restrictionNotes(restriction) }),
    },
    judged: { gate: gate.config, expert: expert.config, inputDim, experts, reduced: judged.reduced },
    title: `${describeGate(gate)} with ${describeExpert(expert)}`,
    ...(answer.model !== undefined && { model: answer.model }),
    standing,
    summary: [
      regime === 2 && standing === 'undecided' && answer.firstOrder.verdict === 'independent'
        ? NO_APPROXIMATION
        : summaryOf(standing, overSpecified, model !== undefined),
      ...(restsOnNumbers(standing, answer, regime) ? [EVIDENCE] : []),
      ...answer.firstOrder.notes.flatMap((note) => (note.startsWith(GAUGE_FOUND) ? [sentence(note)] : [])),
    ].join(' '),
    firstOrder: reportVerdict(answer.firstOrder),
    secondOrder: reportSecondOrder(answer.secondOrder),
    ...(answer.literal && {
      literal: { ...reportVerdict(answer.literal), definition: answer.literal.definition },
    }),
    ...(answer.weak && {
      weak: {
        pooled: reportVerdict(answer.weak.pooled),
        jacobian: reportVerdict(answer.weak.jacobian),
        ...(answer.weak.atSplit && { atSplit: reportVerdict(answer.weak.atSplit) }),
      },
    }),
    symmetries: answer.symmetries,
    ...(answer.combinations && { combinations: answer.combinations }),
    culprits: culpritsOf(answer, equations, overSpecified, regime),
    interactions: equations,
    rates: found,
    ...(regime === undefined &&
      model === undefined &&
      !isPartial &&
      isPlainSigmoid(gate, experts) && {
        ratesInRegimeTwo: rates({ gate, expert, overSpecified, inputDim, experts, regime: 2 }),
      }),
    advice,
  };
}

/** Equations under gates whose weights are exponentials or sigmoids of scores. */
function interactionsOf(
  { gate, expert, inputDim, experts }: Judged,
  limits: BudgetOptions,
  seed: number,
  model?: ReadModel,
): ReportInteraction[] {
  if (levelsOf(gate) === undefined) return [];
  const pair = model
    ? densityPair('reportCard', { gate, expert, inputDim, experts }, model)
    : { gate, expert, inputDim };
  const { gate: ofPair, expert: law, inputDim: inputs } = pair;
  const found = interactions({ gate: ofPair, expert: law, inputDim: inputs, ...limits, seed });
  return found.relations.map(reportInteraction);
}

/** What a regression and a density are both asked. */
type Asked = Pick<Identifiability, 'firstOrder' | 'secondOrder' | 'symmetries'> &
  Partial<Pick<Identifiability, 'literal' | 'weak' | 'combinations'>> & { readonly model?: string };

function isPlainSigmoid(gate: Gate, experts: number): boolean {
  const { form } = gateTraits(gate, experts);
  return form?.type === 'sigmoid' && form.selection === undefined;
}

/** What is said of regime 2 where atoms do not come apart. */
const NO_APPROXIMATION =
  'Undecided for over-fitted atoms: they tend to a best approximation that nobody knows. Atoms that are fitted exactly are identifiable, as their Jacobian at gates that were drawn says.';

/** What is said where no relation is proved. */
const EVIDENCE = 'By numerical evidence, not by proof.';

const sentence = (note: string) => `${note.charAt(0).toUpperCase()}${note.slice(1)}.`;

/** Whether what keeps a pair from being learned is known numerically alone. */
function restsOnNumbers(
  standing: Standing,
  { firstOrder, secondOrder, weak }: Asked,
  regime: Regime | undefined,
): boolean {
  if (standing === 'not identifiable' && firstOrder.verdict === 'dependent')
    return firstOrder.relations.every(({ proof }) => proof === 'numerical');
  if (standing !== 'identifiable if fitted exactly') return false;
  // A split that was evaluated is more than the relations that its Jacobian shows.
  if (regime === 2) return weak?.atSplit === undefined;
  return secondOrder.verdict === 'dependent' && secondOrder.direction.proof === 'numerical';
}

function summaryOf(standing: Standing, overSpecified: boolean, isDensity: boolean): string {
  switch (standing) {
    case 'identifiable':
      return overSpecified
        ? 'Identifiable: atoms that are fitted exactly and atoms that are over-fitted.'
        : 'Identifiable: atoms that are fitted exactly.';
    case 'identifiable if fitted exactly':
      return isDensity
        ? 'Identifiable with the true number of experts; over-fitted atoms more slowly than n^(-1/4), by an equation of second order.'
        : 'Identifiable only with the true number of experts: over-fitted atoms are lost.';
    case 'not identifiable':
      return `Not identifiable: parameters change together without a trace in the ${isDensity ? 'density' : 'function'}.`;
    case 'undecided':
      return 'Undecided: see what would have to be raised.';
    default:
      throw new MoeError('reportCard', 'unknown standing', standing satisfies never);
  }
}
