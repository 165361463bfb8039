/**
 * A gate's weights as the law of an expert, $w_e / \sum_j w_j$ where it selects, and what its routing says of it.
 */
import type { GateForm } from '@tfjs-moe/core';
import { selects } from '../evaluate/law.ts';
import { degreeIn } from './degrees.ts';
import { exp } from './elementary.ts';
import { type Expression, parametersIn, termsOf } from './expression.ts';
import { product } from './products.ts';
import { constantOf } from './properties.ts';
import type { RecordedGate } from './record.ts';
import { ordering, share, sumExperts } from './shares.ts';
import { sum } from './sums.ts';

/** Names under which a routing may say the logarithms of its law. */
export type LogWeightsName = 'logWeights' | 'logits';

/** By what a gate orders the experts of which it selects the first. */
export interface SelectionOrder {
  /** Values of the routing that are ordered so. */
  readonly by: readonly ('logits' | 'scores')[];
  /** Names of the parameters that the scores depend on. */
  readonly parameters: readonly string[];
  /** The degree that the scores are homogeneous of in all of these that are learned, where they are. */
  readonly degree?: number;
}

/**
 * The names whose exponentials, over the selected experts and divided by their sum, are the law. Where one expert alone is
 * selected every name will do.
 */
export function namesOfLaw(recorded: RecordedGate): LogWeightsName[] {
  const { of, gate, experts, routing } = recorded;
  const isSparse = selects({ gate, experts });
  const law = isSparse ? share(of, 1, routing.weights) : routing.weights;
  const mask = maskOf(recorded);
  const selected = constantOf(mask) === 1 ? [] : [{ factor: mask, exponent: 1 }];
  return (['logWeights', 'logits'] as const).filter((name) => {
    const logs = routing[name];
    if (logs === undefined) return false;
    if (gate.expertsPerToken(experts) === 1) return true;
    return share(of, 1, product(of, [{ factor: exp(of, logs), exponent: 1 }, ...selected])) === law;
  });
}

/** The order that a gate selects by; nothing where it selects all, or not the first of an order. */
export function selectionOrderOf(recorded: RecordedGate): SelectionOrder | undefined {
  const { of, specs, routing } = recorded;
  const places = termsOf(maskOf(recorded)).map(({ term }) => term);
  const [order] = places[0]!.inside;
  const isFirst = places.every(({ operation, inside }) => operation === 'rank' && inside[0] === order);
  const indices = places.map(({ numbers }) => numbers[0]!).sort((a, b) => a - b);
  if (order === undefined || !isFirst || indices.some((index, i) => index !== i)) return undefined;
  const parameters = parametersIn(routing.scores);
  const degree = degreeIn(
    routing.scores,
    new Set(parameters.filter((name) => specs[name]!.trainable !== false)),
  );
  return {
    by: (['logits', 'scores'] as const).filter((name) => ordering(of, 1, routing[name]) === order),
    parameters,
    ...(degree !== undefined && { degree }),
  };
}

/** Whether the weights of all experts sum to 1 at every input; by the form of a gate, or by its formula. */
export function sumsToOne({ of, routing }: RecordedGate, form: GateForm | undefined): boolean {
  return formSumsToOne(form) ?? sumExperts(of, 1, routing.weights) === of.one;
}

function formSumsToOne(form: GateForm | undefined): boolean | undefined {
  if (form?.type !== 'hierarchical') return undefined;
  return [form.outer, form.inner].every(
    (level) =>
      formSumsToOne(level) ??
      (level.type !== 'hierarchical' &&
        (level.selection === undefined
          ? level.type === 'competitive' || level.normalized
          : level.selection.renormalized && (level.selection.scale ?? 1) === 1)),
  );
}

/** Whether the routing's logits are linear in what each expert learns for itself, and in nothing else that is learned. */
export function hasLinearLogits({ specs, routing, experts }: RecordedGate): boolean {
  const { logits } = routing;
  const learned = parametersIn(logits).filter((name) => specs[name]!.trainable !== false);
  return (
    learned.every((name) => specs[name]!.copies === experts) &&
    degreeIn(logits, new Set(learned), 'linear') === 1
  );
}

function maskOf({ of, routing }: RecordedGate): Expression {
  return sum(
    of,
    routing.choices.map((term) => ({ term, coefficient: 1 })),
  );
}
