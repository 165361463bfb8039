import {
  type Expert,
  expectBoolean,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  expectPositive,
  type Gate,
  getExpert,
  getGate,
  type Identifier,
  MoeError,
} from '@tfjs-moe/core';
import {
  type Family,
  type FamilyIdentifier,
  gateTraits,
  getFamily,
  type MeasureShape,
  selects,
} from '@tfjs-moe/measures';
import { expectEstimable } from '../../model-size.ts';
import {
  type Columns,
  columnsOfSample,
  responsesOf,
  type Sample,
  sortedByGroup,
  withoutStrays,
} from '../../sample.ts';
import { sidesOf } from '../../sides.ts';
import { type CheckedInitial, checkInitial, type InitialPoint, inOrder } from './initial-point.ts';
import { expectPenalty, type PenaltyOptions } from './penalty/penalty-options.ts';
import { expectSeveral } from './several/expect-several.ts';
import { type CoefficientStructure, expectStructure } from './structure/structure.ts';

/** Options of `fitMaximumLikelihood`: gate, expert, how many experts, response, starts, seed and limits. */
export interface MaximumLikelihoodOptions<
  GateKind extends string = string,
  ExpertKind extends string = string,
> {
  /**
   * A gate whose weights sum to 1, or one that selects: its weights are divided by their sum. The object, its config or
   * its kind.
   */
  readonly gate: Identifier<Gate, GateKind>;
  /** An expert, its config or its kind. */
  readonly expert: Identifier<Expert, ExpertKind>;
  /** Number of experts, each an atom of the mixing measure. */
  readonly experts: number;
  readonly data: Sample;
  /** One variance (of other families: one dispersion) per expert, or one for all. Default `'own'`. */
  readonly variances?: 'common' | 'own';
  /**
   * Of counts and successes: the last expert says 0 and nothing else, so that there are more zeros than the other experts
   * give. Its numbers are held. Default false.
   */
  readonly zeroExpert?: boolean;
  /** Coefficients that are equal in all experts, fixed, or absent. Default none. */
  readonly structure?: CoefficientStructure;
  /**
   * How the experts' slopes are shrunk: towards 0, `alpha: 0`, ridge, or onto it, `alpha: 1`, the lasso. There are no
   * standard errors then. Default not at all; `penaltyPath` fits many strengths.
   */
  readonly penalty?: PenaltyOptions;
  /**
   * The law of the response given an expert's outputs: a family, its config or its kind. `'gaussian'`: a number;
   * `'multinomial'`: a class from 0, the experts' outputs its logits; `'poisson'` and others. A list has one for each expert:
   * `['poisson', 'negativeBinomial']`. Default `'gaussian'`.
   */
  readonly family?: FamilyIdentifier;
  /** Of multinomial responses: the number of classes. Default: the largest class in the data plus 1. */
  readonly classes?: number;
  /**
   * Climbs from different starts, of which the best is kept; where sharp gates divide the rows nearly as well, more from
   * there. Default 10, of fewer than 200 rows (or groups) 2000 / rows but at most 60, for small tables have more maxima and cost less; 1
   * where `initial` is given.
   */
  readonly starts?: number;
  /** Of the starts. Default 0. */
  readonly seed?: number;
  /** Converged when $\sqrt{g^\top |H|^{-1} g}$, the distance to the maximum in standard errors, is at most this. Default 1e-8. */
  readonly tolerance?: number;
  /** Most iterations of a climb, EM and Newton together. Default 2000. */
  readonly maxIterations?: number;
  readonly initial?: InitialPoint;
  /**
   * Smallest variance of an expert as a part of the variance of the response; of several responses what those before each leave of
   * its variance. Default 1e-8.
   */
  readonly minVariance?: number;
  readonly onProgress?: (progress: MaximumLikelihoodProgress) => void;
}

/** What `fitMaximumLikelihood` tells while it runs: which start, which iteration, which log-likelihood. */
export interface MaximumLikelihoodProgress {
  /** From 0. */
  readonly start: number;
  /** Starts as far as they are planned: one more for every one so far that ended degenerate. */
  readonly starts: number;
  readonly iteration: number;
  readonly logLikelihood: number;
}

export interface CheckedOptions {
  readonly shape: MeasureShape;
  readonly data: Columns;
  readonly family: Family;
  readonly variances: 'common' | 'own';
  readonly zeroExpert: boolean;
  readonly structure?: CoefficientStructure;
  readonly penalty?: Required<PenaltyOptions>;
  readonly starts: number;
  readonly seed: number;
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly minVariance: number;
  readonly initial?: CheckedInitial;
  readonly onProgress?: (progress: MaximumLikelihoodProgress) => void;
}

/** Default of `minVariance`. */
export const LEAST_VARIANCE = 1e-8;

/** Options of a fit whatever its number of experts and wherever it starts. */
export const modelOptions = [
  'gate',
  'expert',
  'data',
  'variances',
  'zeroExpert',
  'structure',
  'penalty',
  'family',
  'classes',
  'starts',
  'seed',
  'tolerance',
  'maxIterations',
  'minVariance',
  'onProgress',
] as const;
const known = [...modelOptions, 'experts', 'initial'];

/**
 * The options of `fitMaximumLikelihood`, checked.
 */
export function checkOptions<const GateKind extends string, const ExpertKind extends string>(
  who: string,
  options: MaximumLikelihoodOptions<GateKind, ExpertKind>,
): CheckedOptions {
  expectKnownOptions(who, options, known);
  const { initial, onProgress } = options;
  const given = {
    gate: getGate(options.gate, `${who}: gate`),
    expert: getExpert(options.expert, `${who}: expert`),
  };
  const experts = expectExperts(who, 'experts', options.experts);
  const { data, order } = sortedByGroup(columnsOfSample(who, options.data, 'data', true));
  const { gate, expert } = sidesOf(who, given, data);
  const variances = expectOneOf(who, 'variances', options.variances ?? 'own', ['common', 'own']);
  const zeroExpert = expectBoolean(who, 'zeroExpert', options.zeroExpert ?? false);
  const family = familyFor(who, options.family ?? 'gaussian', experts, zeroExpert);
  if (family.families !== undefined && variances === 'common')
    throw new MoeError(
      who,
      'variances must be own: those of different families are not the same number',
      variances,
    );
  if (zeroExpert) expectZeroExpert(who, gate, experts, family);
  const structure = expectStructure(who, options.structure);
  const penalty = expectPenalty(who, options.penalty);
  if (data.moreResponses !== undefined)
    expectSeveral(who, data, { gate, experts, family, structure, zeroExpert });
  family.expectResponse(who, data);
  if (data.trials !== undefined && family.hasTrials !== true)
    throw new MoeError(who, 'trials are of a family that has them, as binomial', family.kind);
  if (data.offset !== undefined && family.isClass === true)
    throw new MoeError(
      who,
      'classes have no offset: added to the outputs of all, it changes nothing',
      family.kind,
    );
  const units = family.isClass === true ? classesOf(who, data, options.classes) : responsesOf(data).length;
  const shape: MeasureShape = { gate, expert, experts, inputDim: data.inputDim, units };
  expectEstimable(who, shape);
  if (data.groups !== undefined && selects(shape))
    throw new MoeError(
      who,
      'groups need a gate that gives every expert a weight, as softmax does: this one selects',
      gate.kind,
    );
  if (penalty !== undefined) expectShrinkable(who, penalty, family, shape, structure);
  if (penalty !== undefined && data.moreResponses !== undefined)
    throw new MoeError(`${who}: penalty`, 'several responses have no penalty', 1 + data.moreResponses.length);
  return {
    shape,
    ...(penalty !== undefined && { penalty }),
    data: withoutStrays(data),
    family,
    variances,
    zeroExpert,
    ...(structure !== undefined && { structure }),
    starts: expectInteger(
      who,
      'starts',
      options.starts ?? (initial === undefined ? startsFor(unitsIn(data)) : 1),
      {
        min: 1,
      },
    ),
    seed: expectNumber(who, 'seed', options.seed ?? 0),
    tolerance: expectPositive(who, 'tolerance', options.tolerance ?? 1e-8),
    maxIterations: expectInteger(who, 'maxIterations', options.maxIterations ?? 2000, { min: 1 }),
    minVariance: expectPositive(who, 'minVariance', options.minVariance ?? LEAST_VARIANCE),
    ...(initial !== undefined && {
      initial: inOrder(checkInitial(who, initial, shape, data, family), data, order),
    }),
    ...(onProgress !== undefined && { onProgress }),
  };
}

function expectShrinkable(
  who: string,
  { gate }: Required<PenaltyOptions>,
  { kind, isClass, isLeastAbsolute }: Family,
  shape: MeasureShape,
  structure: CoefficientStructure | undefined,
): void {
  const refuse = (why: string, received: unknown) => new MoeError(`${who}: penalty`, why, received);
  if (structure !== undefined) throw refuse('coefficients that a structure ties are not shrunk', structure);
  if (isClass === true) throw refuse('classes have slopes relative to one of them: take binomial', kind);
  if (isLeastAbsolute === true)
    throw refuse(`a penalty is for smooth laws, as studentT: ${kind} has kinks`, kind);
  if (selects(shape)) throw refuse('the gate must give every expert a weight', shape.gate.kind);
  if (gate && shape.experts > 2)
    throw refuse(
      'gate is for two experts: of more, slopes are relative to one of them, and what is shrunk would depend on which',
      shape.experts,
    );
}

/** The family of all experts, or with one for each; a zero expert has the last one's. */
function familyFor(who: string, given: FamilyIdentifier, experts: number, zeroExpert: boolean): Family {
  const argument = `${who}: family`;
  const list = Array.isArray(given) ? (given as readonly FamilyIdentifier[]) : undefined;
  const count = (of: { readonly length: number } | undefined) => of?.length ?? experts;
  const family = getFamily(given, argument);
  const counts = [count(list), count(family.families)];
  const own = experts - (zeroExpert ? 1 : 0);
  const wrong = counts.find((each) => each !== experts && each !== own);
  if (wrong !== undefined)
    throw new MoeError(who, `family must be one for all, or one for each of ${own} experts`, wrong);
  const { families } = family;
  return families === undefined || families.length === experts
    ? family
    : getFamily([...families, families.at(-1)!], argument);
}

function expectZeroExpert(
  who: string,
  gate: Gate,
  experts: number,
  { isDiscrete, isClass, kind }: Family,
): void {
  if (!isDiscrete || isClass === true)
    throw new MoeError(who, 'a zero expert is for counts and successes, as those of poisson', kind);
  if (experts < 2)
    throw new MoeError(who, 'with a zero expert there must be at least two, itself and another', experts);
  if (gateTraits(gate, experts).form?.type === 'hierarchical')
    throw new MoeError(who, 'a gate of groups has no zero expert', gate.kind);
}

/** How many groups there are, or rows. */
function unitsIn({ n, groups }: Columns): number {
  return groups === undefined ? n : 1 + groups.at(-1)!;
}

function startsFor(rows: number): number {
  return Math.min(60, Math.max(10, Math.ceil(2000 / rows)));
}

function classesOf(who: string, { response }: Columns, given: number | undefined): number {
  const bad = response.findIndex((value) => !Number.isInteger(value) || value < 0);
  if (bad >= 0)
    throw new MoeError(
      who,
      `a class must be an integer of at least 0; that of row ${bad} is not`,
      response[bad],
    );
  const largest = response.reduce((most, value) => Math.max(most, value), 0);
  if (given === undefined) {
    if (largest === 0) throw new MoeError(who, 'the response must have at least two classes', 1);
    if (largest >= response.length) {
      throw new MoeError(
        who,
        `classes are numbered 0, 1, ...: a class must be below the number of rows (${response.length}), unless classes says how many there are`,
        largest,
      );
    }
    return largest + 1;
  }
  return expectInteger(who, 'classes', given, { min: Math.max(2, largest + 1) });
}
