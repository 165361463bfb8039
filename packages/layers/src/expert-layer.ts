import type * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { expectInteger } from '@tfjs-moe/core';
import type { LossFunction } from './balance/losses-of.ts';
import type { ExpertBank } from './experts/expert-bank.ts';
import type { FrozenParts, Parts } from './frozen-parts.ts';
import { type StepState, type Sums, stepState } from './state/step-state.ts';
import type { StoredParam } from './weights.ts';

/** The parameters of one gate. */
export type GateParams = Readonly<Record<string, StoredParam>>;

/**
 * What a layer of gates and experts is to tfjs, whether it has one gate or several: parts that can be frozen, weights and
 * losses that include those of layers inside it, and what has to go when it goes.
 *
 * The constructor of tfjs asks for weights before there are any parts, so all of these may be absent.
 */
export abstract class ExpertLayer extends layers.Layer {
  protected abstract readonly frozen: FrozenParts;
  protected abstract readonly banks: readonly ExpertBank[];
  protected abstract readonly gateParams: readonly GateParams[];
  protected calls = 0;
  protected readonly state: StepState = stepState(
    () => this.trainableWeights,
    (sums) => {
      if (this.trainable && this.trainableGate) this.afterStep(sums);
    },
  );
  /** Gates and banks as they are now. */
  protected readonly parts = (): Parts => ({ gateParams: this.gateParams, banks: this.banks });

  /**
   * Training passes so far. Noise is a function of the layer's seed and of this number, so a model that is saved with it
   * goes on as if it had never stopped. `save` keeps it; a checkpoint of weights alone (`getWeights`) does not, and sets it
   * after loading.
   */
  get trainingCalls(): number {
    return this.calls;
  }
  set trainingCalls(calls: number) {
    this.calls = expectInteger(this.name, 'trainingCalls', calls, { min: 0 });
  }

  /** Whether the gate learns. Like every change of `trainable`, it takes effect at the next `compile`. */
  get trainableGate(): boolean {
    return !this.frozen.has('gate');
  }
  set trainableGate(trainable: boolean) {
    this.frozen.set('gate', !trainable, this.trainable);
  }

  /** Whether the experts learn. Like every change of `trainable`, it takes effect at the next `compile`. */
  get trainableExperts(): boolean {
    return !this.frozen.has('experts');
  }
  set trainableExperts(trainable: boolean) {
    this.frozen.set('experts', !trainable, this.trainable);
  }

  override get trainableWeights(): LayerVariable[] {
    this.frozen?.keep();
    const inside = this.trainable ? this.children.flatMap((child) => child.trainableWeights) : [];
    return [...super.trainableWeights, ...inside];
  }
  override set trainableWeights(weights: LayerVariable[]) {
    super.trainableWeights = weights;
  }

  override get nonTrainableWeights(): LayerVariable[] {
    this.frozen?.keep();
    const inside = this.children.flatMap((child) =>
      this.trainable ? child.nonTrainableWeights : child.weights,
    );
    return [...super.nonTrainableWeights, ...inside];
  }
  override set nonTrainableWeights(weights: LayerVariable[]) {
    super.nonTrainableWeights = weights;
  }

  // Of a layer inside it, `timeDistributed` knows what it finds here, and models what `calculateLosses` returns.
  override get losses(): LossFunction[] {
    const params = Object.assign({}, ...(this.gateParams ?? []));
    return [...super.losses, ...(this.banks ?? []).flatMap((bank) => bank.losses(params))];
  }

  override addLoss(losses: LossFunction | LossFunction[]): void {
    super.losses.push(...[losses].flat());
  }

  override calculateLosses(): tf.Scalar[] {
    return this.losses.map((loss) => loss());
  }

  /** Moves the state of the gates after a step of the optimiser. */
  protected abstract afterStep(sums: Sums): void;

  /** Lets the state see writing by hand, once all weights are there. */
  protected watchWeights(): void {
    const own = [...this.gateParams, ...this.banks.map(({ stored }) => stored)].flatMap((params) =>
      Object.values(params),
    );
    const states = own.filter(({ spec }) => spec.state).map(({ variable }) => variable);
    for (const variable of this.weights) this.state.watch(variable, states.includes(variable));
  }

  protected override disposeWeights(): number {
    this.state.dispose();
    return super.disposeWeights();
  }

  /** Layers inside it: experts that are layers. */
  get children(): readonly layers.Layer[] {
    return (this.banks ?? []).flatMap((bank) => bank.children);
  }
}
