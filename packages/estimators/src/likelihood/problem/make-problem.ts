import { MoeError } from '@tfjs-moe/core';
import {
  expertTraits,
  type Family,
  type MeasureShape,
  type MixingMeasure,
  readExpert,
} from '@tfjs-moe/measures';
import { type Columns, responsesOf } from '../../sample.ts';
import { affineProblem } from './affine/affine-problem.ts';
import { dispersionsOf } from './dispersions.ts';
import { expectGateOfGroups } from './gate-of-groups.ts';
import { generalProblem } from './general-problem.ts';
import { initialMeasure } from './initial-measure.ts';
import { type Layout, layoutOf } from './layout.ts';
import { logWeightsFrom } from './log-weights.ts';
import type { PenaltyOptions } from './penalty/penalty-options.ts';
import type { Problem } from './problem.ts';
import { responseOf } from './response.ts';
import { severalLayout } from './several/several-layout.ts';
import { severalProblem } from './several/several-problem.ts';
import { someRows } from './some-rows.ts';
import type { CoefficientStructure } from './structure/structure.ts';
import { structuredProblem } from './structure/structured-problem.ts';

export interface ProblemOptions {
  readonly who: string;
  readonly shape: MeasureShape;
  readonly data: Columns;
  readonly family: Family;
  readonly variances: 'common' | 'own';
  /** Whether the last expert says 0 and nothing else. Default false. */
  readonly zeroExpert?: boolean;
  /** What holds between coefficients. */
  readonly structure?: CoefficientStructure | undefined;
  /** How coefficients are shrunk. */
  readonly penalty?: Required<PenaltyOptions> | undefined;
  /** Smallest variance as a part of that of the response. */
  readonly minVariance: number;
  /** Where numbers that are not estimated come from; default the initializers. */
  readonly fixed?: MixingMeasure | undefined;
  readonly seed: number;
  /** Take the general case also where the affine one applies. */
  readonly general?: boolean;
}

/**
 * From a model and its data to the problem that is maximised: the affine case where it applies, jets elsewhere.
 */
export function makeProblem(options: ProblemOptions): Problem {
  const { who, shape, data, variances, seed, general = false, zeroExpert = false } = options;
  const { family, minVariance } = options;
  const fixed = options.fixed ?? initialMeasure(shape, seed);
  const layout =
    data.moreResponses === undefined
      ? layoutOf(shape, fixed, dispersionsOf(family, shape.experts, { variances, zeroExpert }), zeroExpert)
      : severalLayout(
          shape,
          fixed,
          responsesOf(data).map(({ name }) => name),
          variances === 'common' ? 1 : shape.experts,
        );
  const from = logWeightsFrom(who, layout, someRows(data));
  expectGateOfGroups(who, layout, data, from);
  if (data.moreResponses !== undefined) return severalProblem(who, layout, data, minVariance);
  const response = responseOf(who, data, family, {
    minVariance,
    classes: shape.units ?? 1,
    experts: shape.experts,
  });
  const lastClass = family.isClass === true ? lastClassOf(layout) : new Set<number>();
  const affine = general
    ? undefined
    : affineProblem(layout, data, response, new Set([...layout.held, ...lastClass]), options.penalty);
  if (zeroExpert && affine === undefined)
    throw new MoeError(
      who,
      'with a zero expert the experts must be linear in all that they learn, with an intercept, and the gate in what it weighs by',
      shape.expert.kind,
    );
  if (options.penalty !== undefined && affine === undefined)
    throw new MoeError(
      who,
      'penalty is for experts that are linear in all that they learn, and gates that are so in what they weigh by',
      shape.expert.kind,
    );
  const problem = affine ?? generalProblem(layout, data, response, lastClass, from);
  return options.structure === undefined ? problem : structuredProblem(who, problem, options.structure);
}

/**
 * Numbers that only the last class's output depends on, linearly: the logits of the classes share a shift, which holding
 * these takes away.
 */
function lastClassOf({ shape, entries }: Layout): ReadonlySet<number> {
  const { linearIn = [] } = expertTraits(shape.expert);
  const { ofOutputs = [] } = readExpert(shape.expert) ?? {};
  const classes = shape.units ?? 1;
  const held = new Set<number>();
  entries.forEach(({ part, name, index }, i) => {
    const isOfLast = index % classes === classes - 1;
    if (part === 'expert' && isOfLast && linearIn.includes(name) && ofOutputs.includes(name)) held.add(i);
  });
  return held;
}
