import * as tf from '@tensorflow/tfjs-core';
import { chooseDispatcher, type DispatchRequest } from '../dispatch/auto.ts';
import type { Dispatched } from '../dispatch/dispatcher.ts';
import type { ExpertBank } from '../experts/expert-bank.ts';
import type { GateCall } from '../forward.ts';
import type { RoutingPlan } from '../routing-plan.ts';
import { masked } from '../tensor/masked.ts';
import { unionOf, unsoundAsNaN } from './union.ts';

/** What one gate gets of the experts that it weighs. */
export interface Weighed {
  readonly y_TU: tf.Tensor2D;
  readonly dispatched: Pick<Dispatched, 'kept_TE' | 'weights_TE'>;
}

/**
 * Computes the experts of one bank once, on every token that any gate sends them, and weighs what they return by each
 * gate: $y^{(n)}_t = \sum_e w^{(n)}_{te} h_e(x_t)$.
 *
 * Every dispatcher has places for the union of what the gates select; it is asked once for each gate's weights, and the
 * places are the same each time, so that it is given the tokens only once.
 */
export function computeForGates(
  bank: ExpertBank,
  x_TD: tf.Tensor2D,
  plans: readonly RoutingPlan[],
  request: Pick<DispatchRequest, 'name' | 'capacityOf'>,
  { training, call }: Pick<GateCall, 'training' | 'call'>,
): readonly Weighed[] {
  const { plan, sound_T1, weights } = unionOf(plans);
  const { tokens, experts, expertsPerToken } = plan;
  const parameters = bank.parametersPerExpert();
  const dispatcher = chooseDispatcher({ ...request, tokens, experts, expertsPerToken, parameters });
  const input_TD = (sound_T1 === undefined ? x_TD : masked(x_TD, sound_T1)) as tf.Tensor2D;
  const places = weights.map((weights_TE, gate) => {
    const { renormalizeAfterDrop } = plans[gate]!;
    const given = gate === 0 ? input_TD : tf.zeros<tf.Rank.R2>([tokens, 1]);
    return dispatcher.dispatch(given, { ...plan, weights_TE, renormalizeAfterDrop });
  });
  const output = bank.run(places[0]!, training, call);
  return places.map((dispatched, gate) => ({
    y_TU: dispatched.combine(output),
    dispatched: {
      weights_TE: dispatched.weights_TE,
      kept_TE: tf.mul(dispatched.kept_TE, plans[gate]!.selected_TE),
    },
  }));
}

/** The plan of a gate as far as it concerns some consecutive experts of those that it weighs. */
export function partOfPlan(plan: RoutingPlan, start: number, count: number): RoutingPlan {
  if (count === plan.experts) return plan;
  const columns = (table: tf.Tensor2D) => tf.slice(table, [0, start], [-1, count]);
  return {
    ...plan,
    experts: count,
    expertsPerToken: Math.min(plan.expertsPerToken, count),
    logits_TE: columns(plan.logits_TE),
    probabilities_TE: columns(plan.probabilities_TE),
    choices_TE: plan.choices_TE.map(columns),
    selected_TE: columns(plan.selected_TE),
    // A token that the gate cannot route is nobody's, also where its NaN is beside another bank.
    weights_TE: unsoundAsNaN(columns(plan.weights_TE), plan.weights_TE),
  };
}
