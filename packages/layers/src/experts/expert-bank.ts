import type * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { Config, Expert, ParamSpecs } from '@tfjs-moe/core';
import type { LossFunction } from '../balance/losses-of.ts';
import type { Dispatched } from '../dispatch/dispatcher.ts';
import type { Tokens } from '../tokens.ts';
import type { AddWeight, StoredParam } from '../weights.ts';
import type { SampleTokens } from './sample-tokens.ts';

/** What a bank needs to make its weights. */
export interface BankContext {
  readonly who: string;
  readonly experts: number;
  readonly inputDim: number;
  readonly units: number;
  readonly seed: number;
  readonly addWeight: AddWeight;
}

/**
 * Expert bank: the experts of one layer, whether they are written in Ops or are tfjs layers of their own.
 */
export interface ExpertBank {
  /** The definition of all experts, where there is one. */
  readonly expert?: Expert;
  /** Notes the mixture that holds the bank, and refuses one that lies too deep; where experts can hold mixtures. */
  heldBy?(who: string, mixture: layers.Layer): void;
  /** JSON from which the bank can be made again. */
  config(): Config;
  /** Output features, where the experts fix them and not the layer. */
  ownUnits(inputDim: number): number | undefined;
  /** How inputs become tokens, where these are whole samples and not rows of features. */
  readonly samples?: SampleTokens | undefined;
  /** The parameters that the layer shall own. */
  params(inputDim: number, units: number): ParamSpecs;
  /** Creates the weights. */
  build(context: BankContext): void;
  /** Called once all weights are there, those of the gate too. */
  ready?(gateParams: Readonly<Record<string, StoredParam>>): void;
  /** Numbers that one expert learns, on average; known when the weights are there. */
  parametersPerExpert(): number;
  /** Runs the experts on what they were given, in the n-th training call or in evaluation. */
  run(dispatched: Dispatched, training: boolean, call: number): tf.Tensor;
  /** What is done with the weighted sums [T, U] of a batch, where something is. */
  finish?(y_TU: tf.Tensor2D, tokens: Tokens, training: boolean): tf.Tensor2D;
  /** Terms that the experts, or what lies around them, add to the training loss. */
  losses(gateParams: Readonly<Record<string, StoredParam>>): LossFunction[];
  /** Parameters that the layer owns. */
  readonly stored: Readonly<Record<string, StoredParam>>;
  /** Layers that own weights themselves. */
  readonly children: readonly layers.Layer[];
}
