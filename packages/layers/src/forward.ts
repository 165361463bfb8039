/**
 * One forward pass of the layer: route, dispatch, compute, combine.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type GateOps, type Routing, stream } from '@tfjs-moe/core';
import { chooseDispatcher } from './dispatch/auto.ts';
import type { Dispatched } from './dispatch/dispatcher.ts';
import type { ExpertBank } from './experts/expert-bank.ts';
import { tokenOps } from './interpretation/token-ops.ts';
import { type RoutingPlan, routingPlan } from './routing-plan.ts';
import type { Settings } from './settings.ts';
import type { Tokens } from './tokens.ts';
import { readParams, type StoredParam } from './weights.ts';

/** A batch after the gate. */
export interface Routed {
  readonly ops: GateOps<tf.Tensor>;
  readonly routing: Routing<tf.Tensor>;
  readonly plan: RoutingPlan;
}

/**
 * Runs the gate.
 * @param call number of the training call: noise is a function of the layer's seed and of it
 */
export function routeTokens(
  { gate, experts, seed }: Settings,
  params: Readonly<Record<string, StoredParam>>,
  { x_TD, mask_T1 }: Tokens,
  training: boolean,
  call: number,
): Routed {
  const tokens = x_TD.shape[0];
  const mask = mask_T1 === undefined ? undefined : tf.reshape(mask_T1, [tokens, 1, 1]);
  const ops = tokenOps({ mask, random: stream(seed, 'noise', call) });
  const routing = gate.route(ops, tf.expandDims(x_TD, 1), readParams(params, 'tokensFirst'), {
    experts,
    training,
  });
  return { ops, routing, plan: routingPlan(gate, routing, [tokens, experts], mask) };
}

/** Brings the tokens to the experts and their outputs back: [T, U]. */
export function computeExperts(
  { gate, experts, dispatch, capacityOf }: Settings,
  bank: ExpertBank,
  { x_TD }: Tokens,
  plan: RoutingPlan,
  training: boolean,
): { readonly y_TU: tf.Tensor2D; readonly dispatched: Dispatched } {
  const dispatcher = chooseDispatcher({
    name: dispatch,
    tokens: x_TD.shape[0],
    experts,
    expertsPerToken: gate.expertsPerToken(experts),
    parameters: bank.parametersPerExpert(),
    capacityOf,
  });
  const dispatched = dispatcher.dispatch(x_TD, plan);
  return { y_TU: dispatched.combine(bank.run(dispatched, training)), dispatched };
}
