/**
 * One forward pass of the layer: route, dispatch, compute, combine.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type GateOps, type Routing, type SoftRouting, shortWay, stream } from '@tfjs-moe/core';
import type { LayerBalance } from './balance/layer-balance.ts';
import { brought } from './brought.ts';
import { chooseDispatcher } from './dispatch/auto.ts';
import { keptBy } from './dispatch/capacity.ts';
import type { Dispatched } from './dispatch/dispatcher.ts';
import type { dispatchWeighted } from './dispatch/weighted-input.ts';
import type { ExpertBank } from './experts/expert-bank.ts';
import { tokenOps } from './interpretation/token-ops.ts';
import { type RoutingPlan, routingPlan } from './routing-plan.ts';
import type { Settings } from './settings.ts';
import { GATE } from './state/gate-update.ts';
import { type Sums, sumsOf } from './state/step-state.ts';
import type { Tokens } from './tokens.ts';
import { readParams, type StoredParam } from './weights.ts';

/** A batch after the gate. */
export interface Routed {
  readonly ops: GateOps<tf.Tensor>;
  readonly routing: Routing<tf.Tensor>;
  readonly plan: RoutingPlan;
  /** What a gate says that mixes tokens. */
  readonly soft?: SoftRouting<tf.Tensor> | undefined;
}

/** What a gate is told of a call. */
export interface GateCall {
  readonly training: boolean;
  /** Number of the training call: noise is a function of the layer's seed and of it. */
  readonly call: number;
  /** Choices of an earlier routing, [T, E] each. */
  readonly choices?: readonly tf.Tensor[] | undefined;
}

/** Runs the gate. */
export function routeTokens(
  settings: Settings,
  params: Readonly<Record<string, StoredParam>>,
  batch: Tokens,
  asked: GateCall,
): Routed {
  const { gate, experts, seed, soft: mixing } = settings;
  const { x_TD, mask_T1, outer, seen_TF = x_TD, sides } = batch;
  const { training, call, choices } = asked;
  const tokens = x_TD.shape[0];
  const mask = mask_T1 === undefined ? undefined : tf.reshape(mask_T1, [tokens, 1, 1]);
  const sequences = outer.length > 1 ? outer[0] : undefined;
  const ops = tokenOps({ mask, tokens, sequences, random: stream(seed, 'noise', call) });
  const short = shortWay.route?.(settings, params, batch, asked);
  if (short) return { ops, ...short } as Routed;
  const args = [
    ops,
    tf.expandDims(seen_TF, 1),
    readParams(params, 'tokensFirst'),
    {
      experts,
      training,
      inputs: sides,
      choices: choices?.map((choice) => tf.reshape(choice, [tokens, experts, 1])),
    },
  ] as const;
  const { routing, soft } = mixing ? mixing.route(gate, args, mask) : { routing: gate.route(...args) };
  return { ops, routing, soft, plan: routingPlan(gate, routing, [tokens, experts], mask) };
}

/** Brings the tokens to the experts and their outputs back: [T, U]. */
export function computeExperts(
  { gate, experts, dispatch, capacityOf, priority, weightAt, soft: mixing }: Settings,
  bank: ExpertBank,
  batch: Tokens,
  { plan, soft }: Routed,
  { training, call }: GateCall,
): { readonly y_TU: tf.Tensor2D; readonly dispatched: Dispatched } {
  const { x_TD, outer } = batch;
  const dispatched = soft ? mixing!.dispatch(soft, x_TD, plan, outer) : dispatchSparse();
  const y_TU = dispatched.combine(bank.run(dispatched, training, call));
  return { y_TU: bank.finish?.(y_TU, batch, training) ?? y_TU, dispatched };

  function dispatchSparse(): Dispatched {
    const dispatcher = chooseDispatcher({
      name: dispatch,
      tokens: x_TD.shape[0],
      experts,
      expertsPerToken: gate.expertsPerToken(experts),
      parameters: bank.parametersPerExpert(),
      capacityOf,
    });
    // With the priority's pairs alone there is room for all.
    const sent = priority ? keptBy(priority, plan, capacityOf!) : plan;
    if (weightAt === 'output') return dispatcher.dispatch(x_TD, sent);
    return brought<typeof dispatchWeighted>(gate.kind, 'input')(dispatcher, x_TD, sent);
  }
}

/** What the gate and the balance losses observe of a batch; `sums` is what they did of the earlier ones of the step. */
export function observedIn(routed: Routed, balance: LayerBalance | undefined, sums: Sums | undefined): Sums {
  return { ...sumsOf(GATE, routed.routing.observed), ...balance?.observed(routed, sums) };
}
