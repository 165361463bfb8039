import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { expectInteger, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { watchers } from '../calls.ts';
import type { RoutingPlan } from '../routing-plan.ts';
import { layerNames } from './layer-names.ts';
import type { RoutingTrace, TracedCall } from './routing-trace.ts';
import { planTensor, tokensOfCall } from './traced-call.ts';

/** Options of `recordCalls`: what is written of every call. */
export interface RecordCallsOptions {
  /** Which batch or step of training it is. Default 0. */
  readonly step?: number;
  /** What the program is doing, such as `train` or `eval`. */
  readonly stage?: string;
  /** Which part of a larger model it is. */
  readonly block?: string;
  /** Of every token what it is: an id, a class, a domain; for all calls, which must have as many tokens. */
  readonly labels?: readonly (string | number | null)[];
  /** Whether combine weights are kept. Default true. */
  readonly weights?: boolean;
}

/** Options of `recordRouting`: those of `recordCalls`, and how the model is called. */
export interface RecordRoutingOptions extends RecordCallsOptions {
  /** Whether the model is called as in training, with noise and dropout. Default false. */
  readonly training?: boolean;
  /** The padding mask, for a layer that is called by itself; models make their own. */
  readonly mask?: tf.Tensor;
}

const ofCalls = ['step', 'stage', 'block', 'labels', 'weights'];

/**
 * The routing trace of a batch: for every mixture layer that the model calls, which experts each token is sent to.
 *
 * The layers are found by their calls, so it does not matter where they stand: in models in models, in `timeDistributed`,
 * in a layer of your own, among the experts of another mixture. A layer that is called several times has a call in the
 * trace for each, in order; one that is never called has none. A second layer of one name, as among the experts of two
 * mixtures, is `name#2`, by the order of first calls. Padding is null. Layers that mix tokens instead of sending them are
 * refused.
 * @param model a model or a layer
 * @param inputs what it is called with, as one batch
 */
export function recordRouting(
  model: LayersModel | layers.Layer,
  inputs: tf.Tensor | tf.Tensor[],
  options: RecordRoutingOptions = {},
): Promise<RoutingTrace> {
  const who = 'recordRouting';
  expectKnownOptions(who, options, [...ofCalls, 'training', 'mask']);
  const { training = false, mask, ...rest } = options;
  if (typeof model?.apply !== 'function') throw new MoeError(who, 'model must be a model or a layer', model);
  return recorded(who, () => tf.dispose(called(model, inputs, training, mask)), rest);
}

/**
 * The routing trace of whatever is called inside a function, such as one step of a loop of one's own.
 * @param run synchronous; what it returns is left alone
 */
export function recordCalls(run: () => void, options: RecordCallsOptions = {}): Promise<RoutingTrace> {
  expectKnownOptions('recordCalls', options, ofCalls);
  if (typeof run !== 'function')
    throw new MoeError('recordCalls', 'the first argument must be a function', run);
  return recorded('recordCalls', run, options);
}

/** Calls a model or a layer. */
export function called(
  model: LayersModel | layers.Layer,
  inputs: tf.Tensor | tf.Tensor[],
  training: boolean,
  mask?: tf.Tensor,
): tf.Tensor | tf.Tensor[] {
  return model.apply(inputs, { training, ...(mask && { mask }) }) as tf.Tensor | tf.Tensor[];
}

type Seen = Pick<TracedCall, 'layer' | 'call'> & {
  readonly plan: Pick<RoutingPlan, 'tokens' | 'experts' | 'expertsPerToken'>;
  readonly numbers: tf.Tensor2D;
};

async function recorded(who: string, run: () => void, options: RecordCallsOptions): Promise<RoutingTrace> {
  const step = expectInteger(who, 'step', options.step ?? 0, { min: 0 });
  const { stage, block, labels, weights = true } = options;
  const seen: Seen[] = [];
  const nameOf = layerNames();
  const watch: Parameters<typeof watchers.add>[0] = (layer, { plan, mask_T1 }) => {
    const { tokens, experts, expertsPerToken } = plan;
    const [name, gate] = [nameOf(layer), layer.gate];
    if (gate.mix !== undefined)
      throw new MoeError(who, `layer ${name} mixes tokens instead of choosing experts`, gate.kind);
    if (labels !== undefined && labels.length !== tokens)
      throw new MoeError(who, `labels must be one per token of layer ${name} (${tokens})`, labels.length);
    const call = seen.filter(({ layer }) => layer === name).length;
    const numbers = tf.keep(planTensor(plan, mask_T1));
    seen.push({ layer: name, call, plan: { tokens, experts, expertsPerToken }, numbers });
  };
  watchers.add(watch);
  try {
    run();
    watchers.delete(watch);
    const read = await Promise.all(seen.map(({ numbers }) => numbers.data()));
    return seen.map(({ layer, call, plan }, i) => {
      const { weights: given, ...of } = tokensOfCall(read[i]!, plan);
      return Object.freeze({
        step,
        ...(stage !== undefined && { stage }),
        ...(block !== undefined && { block }),
        layer,
        call,
        ...of,
        ...(weights && { weights: given! }),
        ...(labels && { labels: labels.map((label, t) => (of.choices[t] === null ? null : label)) }),
      });
    });
  } finally {
    watchers.delete(watch);
    for (const { numbers } of seen) numbers.dispose();
  }
}

/**
 * A plan, as `layer.route` returns it, as a call of a trace.
 * @param mask 0/1 [T, 1] where tokens are padding
 */
export async function tracePlan(
  plan: RoutingPlan,
  { layer = 'layer', mask }: { readonly layer?: string; readonly mask?: tf.Tensor2D } = {},
): Promise<TracedCall> {
  if (plan?.choices_TE === undefined)
    throw new MoeError('tracePlan', 'plan must be what route returns', plan);
  const numbers = planTensor(plan, mask);
  try {
    return { step: 0, layer, call: 0, ...tokensOfCall(await numbers.data(), plan) };
  } finally {
    numbers.dispose();
  }
}
