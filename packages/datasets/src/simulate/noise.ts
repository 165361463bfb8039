import { expectNumber, expectOneOf, MoeError, type Stream } from '@tfjs-moe/core';
import {
  drawVector,
  familyName,
  gaussian,
  innovationsOf,
  type MixingMeasure,
  measureParts,
} from '@tfjs-moe/measures';
import { drawExpert } from './draw-expert.ts';

/**
 * How a response comes from a mixing measure: around the mixture's mean, or from one expert that the gate draws.
 *
 * - `regression`: $y = f_G(x) + \epsilon$, $\epsilon \sim N(0, \sigma^2)$, the model of least squares;
 * - `experts`: $z \sim w(x)$, $y \sim N(h_z(x), \sigma_z^2)$, the Gaussian mixture of experts, of maximum likelihood, or the law
 *   of the measure's `family`;
 * - `classes`: $z \sim w(x)$, $y \sim \mathrm{softmax}(h_z(x))$ over the outputs, the mixture of multinomial experts.
 *
 * The law of the response, given the inputs.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, equation (1); Nguyen, Nguyen and Ho (2023), arXiv:2305.03288;
 * Jordan and Jacobs (1994) for classification.
 */
export type Noise =
  /** $f_G(x)$ plus normal noise with this standard deviation, 0 for none. Every gate will do. */
  | { readonly kind: 'regression'; readonly standardDeviation: number }
  /** Gaussian experts, or of the measure's family; dispersions are the measure's. The gate's weights must sum to 1. */
  | { readonly kind: 'experts' }
  /** The expert's outputs are logits of the classes, as many as the measure has units. As above for the gate. */
  | { readonly kind: 'classes' };

/** Responses to some rows, and which experts gave them where the model draws one. */
export interface Responses {
  readonly response: number[];
  /** Of a measure with covariances, a column for each further response. */
  readonly moreResponses?: readonly number[][];
  readonly components?: number[];
}

/** Draws the responses to rows, each from its own stream, the first of which is the row of some number. */
export type Respond = (
  rows: readonly (readonly number[])[],
  random: readonly Stream[],
  first: number,
) => Responses;

/** What belongs to rows besides their inputs. */
export interface RowColumns {
  readonly offset?: ArrayLike<number> | undefined;
  readonly trials?: ArrayLike<number> | undefined;
  /** Rows with the same identifier have the expert that was drawn for the first of them. */
  readonly groups?: ArrayLike<string | number> | undefined;
}

const who = 'simulate';

/** Reads the noise model. */
export function respond(
  measure: MixingMeasure,
  noise: Noise,
  { offset, trials, groups }: RowColumns = {},
): Respond {
  expectOneOf(who, 'noise.kind', noise?.kind, ['regression', 'experts', 'classes']);
  const { units = 1, dispersions, family = gaussian() } = measure;
  if (noise.kind !== 'experts' && (offset ?? trials) !== undefined)
    throw new MoeError(who, 'offset and trials are for noise of experts', noise.kind);
  if (noise.kind === 'regression' && groups !== undefined)
    throw new MoeError(
      who,
      'groups have one expert, and are for noise in which an expert is drawn',
      noise.kind,
    );
  if (trials !== undefined && family.hasTrials !== true)
    throw new MoeError(who, 'trials are of a family that has them, as binomial', family.kind);
  if (noise.kind === 'classes') {
    if (units < 2) throw new MoeError(who, 'classes need a measure with at least 2 units, one each', units);
    return drawn(measure, groups, (outputs, start, _, random) => drawClass(outputs, start, units, random));
  }
  if (measure.covariances !== undefined && noise.kind === 'experts') return vectors(measure, groups, offset);
  if (units !== 1) throw new MoeError(who, `${noise.kind} noise needs a measure with one unit`, units);
  if (noise.kind === 'regression') {
    const deviation = expectNumber(who, 'noise.standardDeviation', noise.standardDeviation, { min: 0 });
    return (rows, random) => ({
      response: meansOf(measure, rows).map((mean, i) => mean + deviation * random[i]!.normal()),
    });
  }
  if (dispersions === undefined && family.dispersion !== undefined) {
    throw new MoeError(who, `${familyName(family)} experts need dispersions in the measure`, dispersions);
  }
  return drawn(measure, groups, (outputs, start, expert, random, row) =>
    family.draw(
      {
        outputs: [outputs[start]! + (offset?.[row] ?? 0)],
        dispersion: dispersions?.[expert] ?? dispersions?.[0] ?? 1,
        trials: trials?.[row] ?? 1,
        expert,
      },
      random,
    ),
  );
}

/** Several responses of the expert that is drawn, with its covariance. */
function vectors(
  measure: MixingMeasure,
  groups: RowColumns['groups'],
  offset: RowColumns['offset'],
): Respond {
  if (offset !== undefined) throw new MoeError(who, 'several responses have no offset', offset);
  const { units = 1 } = measure;
  const covariances = measure.covariances!.map((each) => innovationsOf(each)!);
  const draw = drawnBy(measure, groups, (outputs, start, expert, random) =>
    drawVector(outputs.subarray(start, start + units), covariances[expert] ?? covariances[0]!, random),
  );
  return (rows, random, first) => {
    const { answers, components } = draw(rows, random, first);
    const [response, ...moreResponses] = Array.from({ length: units }, (_, j) =>
      answers.map((own) => own[j]!),
    );
    return { response: response!, moreResponses, components };
  };
}

/** $f_G(x)$ of a measure with one unit: always summed in this order, so that a seed keeps its numbers. */
function meansOf(measure: MixingMeasure, rows: readonly (readonly number[])[]): number[] {
  const { weights, outputs } = measureParts(measure, rows);
  const { experts } = measure;
  return rows.map((_, i) => {
    let sum = 0;
    for (let e = i * experts; e < (i + 1) * experts; e++) {
      // An expert that a row is not sent to has no say, even where its output overflows.
      if (weights[e] !== 0) sum += weights[e]! * outputs[e]!;
    }
    return sum;
  });
}

/** What an expert answers; its outputs begin at `start`. */
type Answer<A> = (outputs: Float64Array, start: number, expert: number, random: Stream, row: number) => A;

/** Draws an expert, then its response. */
function drawn(measure: MixingMeasure, groups: RowColumns['groups'], answer: Answer<number>): Respond {
  const draw = drawnBy(measure, groups, answer);
  return (rows, random, first) => {
    const { answers: response, components } = draw(rows, random, first);
    return { response, components };
  };
}

/** Draws an expert, then what it answers. */
function drawnBy<A>(
  measure: MixingMeasure,
  groups: RowColumns['groups'],
  answer: Answer<A>,
): (...of: Parameters<Respond>) => { readonly answers: A[]; readonly components: number[] } {
  const draw = drawExpert(measure);
  const { experts, units = 1 } = measure;
  const ofGroup = new Map<string | number, number>();
  return (rows, random, first) => {
    const { weights, outputs } = measureParts(measure, rows);
    const components = rows.map((_, i) => {
      // Drawn of every row, so that the response does not depend on who else is in its group.
      const own = draw(weights, i, random[i]!);
      const group = groups?.[first + i];
      if (group === undefined) return own;
      if (!ofGroup.has(group)) ofGroup.set(group, own);
      return ofGroup.get(group)!;
    });
    const answers = components.map((expert, i) =>
      answer(outputs, (i * experts + expert) * units, expert, random[i]!, first + i),
    );
    return { answers, components };
  };
}

/** A class from the softmax of its logits. */
function drawClass(outputs: Float64Array, start: number, classes: number, random: Stream): number {
  const logits = outputs.subarray(start, start + classes);
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const masses = logits.map((logit) => Math.exp(logit - largest));
  let left = random.uniform() * masses.reduce((sum, mass) => sum + mass, 0);
  // The last class takes what rounding leaves.
  for (let c = 0; c < classes - 1; c++) {
    left -= masses[c]!;
    if (left < 0) return c;
  }
  return classes - 1;
}
