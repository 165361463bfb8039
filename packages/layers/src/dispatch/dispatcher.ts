import type * as tf from '@tensorflow/tfjs-core';
import type { Ops } from '@tfjs-moe/core';
import type { Layout } from '../interpretation/param.ts';
import type { RoutingPlan } from '../routing-plan.ts';
import type { Offsets } from '../tensor/offsets.ts';

/**
 * Computes one expert.
 * @param x_ND rows
 * @param expert its number
 * @param counts_N 0/1: which rows were sent to it, where there are others among them
 */
export type RunExpert = (x_ND: tf.Tensor2D, expert: number, counts_N?: tf.Tensor1D) => tf.Tensor2D;

/** Tokens on their way to the experts. */
export interface Dispatched {
  /** The interpretation in which the experts run. */
  readonly ops: Ops<tf.Tensor>;
  /** What the experts are given: [1, T, D], [E, C, D] or [S, D]. */
  readonly input: tf.Tensor;
  /** Of [S, D]: expert e owns the rows offsets[e], ..., offsets[e + 1] - 1. Without it, experts of several kinds run one by one. */
  readonly offsets?: Offsets;
  /** Wraps the interpretation of some of the experts, where something is done inside all of them. */
  readonly inside?: <V extends Ops<tf.Tensor>>(ops: V) => V;
  /** Where parameters have their axis of experts. */
  readonly layout: Layout;
  /** 0/1 [T, E]: what was selected and not dropped. */
  readonly kept_TE: tf.Tensor2D;
  /** Final combine weights [T, E]. */
  readonly weights_TE: tf.Tensor2D;
  /** Runs a function on the rows of each expert instead, for experts that are not written in Ops. */
  eachExpert(run: RunExpert): tf.Tensor;
  /** Weighted sum of the experts' outputs for each token: [T, U]. */
  combine(output: tf.Tensor): tf.Tensor2D;
}

/**
 * Dispatcher: moves tokens to experts and combines what comes back. It decides what an expert's `affine` means (a
 * product per expert, a batched product, a grouped product), so experts never see routing.
 *
 * A way of bringing tokens to experts. All of them compute the same function as long as nothing is dropped.
 */
export interface Dispatcher {
  readonly name: string;
  dispatch(x_TD: tf.Tensor2D, plan: RoutingPlan): Dispatched;
}
