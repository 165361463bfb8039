import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { expectBoolean, expectInteger, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { type Choosing, whileChoosing } from '../calls.ts';
import { layerNames } from './layer-names.ts';
import { called } from './record-routing.ts';
import { callName, expectTrace, type RoutingTrace, type TracedCall } from './routing-trace.ts';

/** Options of `replayTrace`. */
export interface ReplayTraceOptions {
  /** Which step of the trace, where it has several. */
  readonly step?: number;
  /** Whether the model is called as in training. Default false. */
  readonly training?: boolean;
  /** The padding mask, for a layer that is called by itself. */
  readonly mask?: tf.Tensor;
}

/**
 * What a model says where every token goes to the experts that a trace has recorded.
 *
 * Only the choices are taken from the trace. The weights are computed anew, so that gradients flow through them as they
 * do otherwise: what a run of reinforcement learning needs whose answers were sampled by another program, and what makes
 * two backends comparable although the last digit of a score may differ.
 *
 * Everything must fit: each call of a mixture layer takes the next call of its name from the trace, of as many tokens and
 * experts, and none may be missing or left over. The gates must be such that can replay (`topK` and those made of it,
 * `topP`, `minP`); others are refused by name. Tokens that were padding are sent nowhere.
 * @param model the model or layer, with weights of its own
 * @param trace of one step, or with `step`
 * @param inputs as many tokens as the trace has
 */
export function replayTrace(
  model: LayersModel | layers.Layer,
  trace: RoutingTrace,
  inputs: tf.Tensor | tf.Tensor[],
  options: ReplayTraceOptions = {},
): tf.Tensor | tf.Tensor[] {
  const who = 'replayTrace';
  expectKnownOptions(who, options, ['step', 'training', 'mask']);
  if (typeof model?.apply !== 'function') throw new MoeError(who, 'model must be a model or a layer', model);
  const training = expectBoolean(who, 'training', options.training ?? false);
  return replaying(who, ofOneStep(who, trace, options.step), () =>
    called(model, inputs, training, options.mask),
  );
}

/**
 * Runs something with the choices of a trace, such as one step of a loop of one's own; see `replayTrace`.
 * @param run synchronous: calls the layers as often as the trace has calls of them
 */
export function replayCalls<T>(trace: RoutingTrace, run: () => T, step?: number): T {
  if (typeof run !== 'function') throw new MoeError('replayCalls', 'run must be a function', run);
  return replaying('replayCalls', ofOneStep('replayCalls', trace, step), run);
}

function ofOneStep(who: string, given: RoutingTrace, step: number | undefined): RoutingTrace {
  const trace = expectTrace(who, given);
  const steps = [...new Set(trace.map((call) => call.step))];
  if (step === undefined && steps.length > 1)
    throw new MoeError(who, 'the trace must be of one step, or step say which of them', steps);
  if (step === undefined) return trace;
  expectInteger(who, 'step', step, { min: 0 });
  if (!steps.includes(step)) throw new MoeError(who, `the trace has no step ${step}`, steps);
  return trace.filter((call) => call.step === step);
}

function replaying<T>(who: string, trace: RoutingTrace, run: () => T): T {
  const waiting = new Map<string, TracedCall[]>();
  const inOrder = [...trace].sort((a, b) => a.call - b.call);
  for (const call of inOrder) waiting.set(`${call.layer}`, [...(waiting.get(`${call.layer}`) ?? []), call]);
  const nameOf = layerNames();
  const choose: Choosing = (layer, [tokens, experts]) => {
    const [name, gate] = [nameOf(layer), layer.gate];
    const calls = waiting.get(name);
    if (calls === undefined) throw new MoeError(who, `the trace has no layer ${name}`, [...waiting.keys()]);
    const next = calls.shift();
    if (next === undefined) throw new MoeError(who, `layer ${name} is called more often than in the trace`);
    if (gate.replays !== true)
      throw new MoeError(who, `the gate "${gate.kind}" of layer ${name} cannot replay choices`);
    for (const [what, there, here] of [
      ['tokens', next.choices.length, tokens],
      ['experts', next.experts, experts],
    ] as const) {
      if (there !== here)
        throw new MoeError(who, `${callName(next)} must have ${here} ${what}, as the layer has`, there);
    }
    return choicesOf(next);
  };
  const output = whileChoosing(choose, run);
  const [left] = [...waiting.values()].flat();
  if (left === undefined) return output;
  tf.dispose(output as tf.TensorContainer);
  throw new MoeError(who, `nothing has called the layer of ${callName(left)}`);
}

/** A mask for every rank. */
function choicesOf({ choices, experts, expertsPerToken }: TracedCall): tf.Tensor[] {
  return Array.from({ length: expertsPerToken }, (_, rank) => {
    const mask = new Float32Array(choices.length * experts);
    choices.forEach((row, t) => {
      const expert = row?.[rank];
      if (expert !== undefined) mask[t * experts + expert] = 1;
    });
    return tf.tensor2d(mask, [choices.length, experts]);
  });
}
