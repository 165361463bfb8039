import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import {
  type Config,
  expectAffordable,
  expectInteger,
  type Gate,
  type GateParamSpec,
  MoeError,
  prefixed,
} from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { balanceOf, type LayerBalance } from './balance/layer-balance.ts';
import type { LossFunction } from './balance/losses-of.ts';
import { isRecording } from './balance/step.ts';
import { replay, watchers } from './calls.ts';
import { configOf } from './config-of.ts';
import type { ExpertBank } from './experts/expert-bank.ts';
import { fillParameter } from './fill-parameter.ts';
import { computeExperts, observedIn, routeTokens } from './forward.ts';
import { type FrozenParts, frozenParts, learnersOf } from './frozen-parts.ts';
import { featuresOf, sideInputs, tokensInput, tokensShape } from './inputs.ts';
import { type LatestRouting, latestRouting } from './latest-routing.ts';
import { layerName } from './layer-name.ts';
import { firstMask, fitted, isHeld, type Masks, ownMask } from './masks/own-mask.ts';
import { refuseDirection } from './no-direction.ts';
import { outputOfNoTokens } from './no-tokens.ts';
import { refuseNonFinite } from './non-finite.ts';
import { metricsTensor, type RoutingMetrics } from './routing-metrics.ts';
import type { RoutingPlan } from './routing-plan.ts';
import { checkSettings, type MixtureOfExpertsArgs, type Settings } from './settings.ts';
import { updateGate } from './state/gate-update.ts';
import { type StepState, stepState } from './state/step-state.ts';
import { flatten, type Tokens } from './tokens.ts';
import { expectOneCopy } from './two-copies.ts';
import { type AddWeight, type StoredParam, storeParams } from './weights.ts';

type CallArgs = Parameters<layers.Layer['call']>[1];

/**
 * The mixture-of-experts layer, $y = \sum_{e \in \mathcal S(x)} w_e(x)\, h_e(x)$: a gate sends every token of the input
 * [..., D] to some of E experts and the layer returns their weighted sum [..., U].
 *
 * It is an ordinary tfjs layer: `fit`, `save`, `loadLayersModel`, masks, shared use and frozen parts all work.
 */
export class MixtureOfExperts extends layers.Layer {
  /** @nocollapse */
  static className = 'MixtureOfExperts';

  private readonly settings: Settings;
  private readonly bank: ExpertBank;
  private readonly balance: LayerBalance | undefined;
  private gateParams: Record<string, StoredParam> = {};
  private readonly frozen: FrozenParts;
  private inputDim = 0;
  private calls: number;
  private held = false;
  private replayed: readonly tf.Tensor[] | undefined;
  private readonly latest: LatestRouting = latestRouting();
  private readonly state: StepState = stepState(
    () => this.trainableWeights,
    (sums) => {
      if (this.trainable && this.trainableGate)
        updateGate(this.settings.gate, this.settings.experts, this.gateParams, sums);
    },
  );
  private readonly refuse = refuseNonFinite(() => this.name);

  constructor(args: MixtureOfExpertsArgs) {
    super({ ...args, name: layerName(args?.name) });
    if (development) refuseDirection(this.name, Object(args));
    this.settings = checkSettings(args?.name ? this.name : 'mixtureOfExperts', args);
    this.balance = balanceOf(this.name, () => this.name, this.settings.balance);
    this.calls = this.settings.trainingCalls;
    this.bank = this.settings.bank;
    this.bank.heldBy?.(this.name, this);
    this.supportsMasking = true;
    this.frozen = frozenParts(
      { gate: args.trainableGate === false, experts: args.trainableExperts === false },
      (part) =>
        part === 'gate'
          ? learnersOf(this.gateParams)
          : [...learnersOf(this.bank.stored), ...this.bank.children],
    );
  }

  override apply(...[inputs, kwargs]: Parameters<layers.Layer['apply']>): ReturnType<layers.Layer['apply']> {
    if (development) expectOneCopy(this.name, inputs);
    return super.apply(inputs, kwargs);
  }

  override build(inputShape: Shape | Shape[]): void {
    const { experts, gate, seed } = this.settings;
    const who = this.name;
    const inputDim = featuresOf(this.name, inputShape, gate.inputs);
    const addWeight: AddWeight = (name, shape, initializer, trainable, zeros) =>
      this.addWeight(name, shape, 'float32', initializer, undefined, trainable, undefined, zeros);
    const units = this.unitsFor(inputDim);
    const ofGate: Record<string, GateParamSpec> = gate.params(inputDim, experts);
    expectAffordable(who, {
      ...prefixed('gate', ofGate),
      ...prefixed('expert', this.bank.params(inputDim, units)),
    });
    this.gateParams = storeParams(ofGate, 'gate', seed, who, addWeight);
    this.bank.build({ who, experts, inputDim, units, seed, addWeight });
    const { balance } = this;
    if (balance !== undefined) this.addLoss(() => balance.take());
    for (const { spec, variable } of Object.values({ ...this.gateParams, ...this.bank.stored }))
      this.state.watch(variable, spec.state === true);
    this.inputDim = inputDim;
    this.held = isHeld(this.name, this.weights);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { inputs } = this.settings.gate;
    return [
      ...tokensShape(this.name, inputShape, inputs).slice(0, -1),
      this.unitsFor(featuresOf(this.name, inputShape, inputs)),
    ];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: CallArgs): tf.Tensor {
    const training = kwargs?.training === true;
    const balance = training && this.balance?.wanted() ? this.balance : undefined;
    this.state.settle();
    if (training) this.frozen.keep();
    else this.balance?.evaluated();
    const [output, loss] = tf.tidy(() => {
      const x = tokensInput(this.name, inputs, this.settings.gate.inputs);
      const called = { nodes: this.inboundNodes, held: this.held, withList: Array.isArray(inputs) };
      const tokens = this.tokensOf(inputs, ownMask(x, kwargs?.mask as Masks, called));
      return this.forward(tokens, training, balance);
    });
    if (loss !== undefined) balance?.record(loss as tf.Scalar);
    return output!;
  }

  override computeMask(inputs: tf.Tensor | tf.Tensor[], masks?: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const mask = firstMask(masks);
    if (mask == null) return mask!;
    return (fitted(mask, tokensInput(this.name, inputs, this.settings.gate.inputs)) ?? null)!;
  }

  /**
   * The routing of a batch in evaluation mode, for looking at: tensors [T, E] that the caller disposes of.
   * @param inputs [..., D], or a list where the gate has side inputs
   * @param mask the padding mask, if there is one
   */
  route(inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor): RoutingPlan {
    if (!this.built) tf.dispose(this.apply(inputs) as tf.Tensor);
    const { settings, gateParams, replayed } = this;
    const asked = { training: false, call: 0, choices: replayed };
    return tf.tidy(() => routeTokens(settings, gateParams, this.tokensOf(inputs, mask), asked).plan as never);
  }

  /**
   * Runs something with the choices of an earlier routing in place of the gate's own: weights are computed anew from them.
   * @param choices disjoint 0/1 masks [T, E] in order of priority, for every call of this layer inside
   * @param run for example `() => model.predict(x)`
   */
  replaying<T>(choices: readonly tf.Tensor[], run: () => T): T {
    const { gate } = this.settings;
    if (gate.replays !== true) throw new MoeError(this.name, `the gate "${gate.kind}" cannot replay choices`);
    const before = this.replayed;
    this.replayed = choices;
    try {
      return run();
    } finally {
      this.replayed = before;
    }
  }

  /** Routing of the last batch, or null before the first. On GPU backends it arrives a little later. */
  get routingMetrics(): RoutingMetrics | null {
    return this.latest.any;
  }

  /** Routing of the last batch in training mode, whatever was evaluated since, or null before the first. */
  get trainingRoutingMetrics(): RoutingMetrics | null {
    return this.latest.inTraining;
  }

  /** Waits until the metrics of every batch so far have arrived. */
  async routingSettled(): Promise<RoutingMetrics | null> {
    await this.latest.settled;
    return this.latest.any;
  }

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

  /** The gate, as an object. */
  get gate(): Gate {
    return this.settings.gate;
  }

  /**
   * Sets one parameter of the gate, such as a scheduled temperature.
   * @param name path below the gate, for example `temperature`
   * @param value given to every entry; finite in float32
   */
  setGateParameter(name: string, value: number): void {
    fillParameter(this.name, this.gateParams, name, value);
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
    return [...super.losses, ...(this.bank?.losses(this.gateParams) ?? [])];
  }

  override addLoss(losses: LossFunction | LossFunction[]): void {
    super.losses.push(...[losses].flat());
  }

  override calculateLosses(): tf.Scalar[] {
    return this.losses.map((loss) => loss());
  }

  override getConfig(): tf.serialization.ConfigDict {
    const config = {
      ...super.getConfig(),
      ...configOf(this.settings),
      trainableGate: this.trainableGate,
      trainableExperts: this.trainableExperts,
      trainingCalls: this.calls,
    };
    return config as unknown as tf.serialization.ConfigDict & Config;
  }

  private tokensOf(inputs: tf.Tensor | tf.Tensor[], mask: tf.Tensor | null | undefined): Tokens {
    const { experts, gate } = this.settings;
    const tokens = flatten(this.name, tokensInput(this.name, inputs, gate.inputs), mask);
    const features = tokens.x_TD.shape[1];
    if (features === this.inputDim)
      return { ...tokens, sides: sideInputs(this.name, inputs, gate.inputs, tokens.outer, experts) };
    throw new MoeError(this.name, `the input must have ${this.inputDim} features`, features);
  }

  private forward(tokens: Tokens, training: boolean, balance: LayerBalance | undefined): tf.Tensor[] {
    const shape = [...tokens.outer, this.unitsFor(tokens.x_TD.shape[1])];
    if (tokens.x_TD.shape[0] === 0) {
      const weights = this.trainableWeights.map((weight) => weight.read());
      const nothing = outputOfNoTokens(shape, [tokens.x_TD, ...weights]);
      return balance ? [nothing, tf.keep(tf.scalar(0))] : [nothing];
    }
    const refuse = this.settings.nonFinite === 'throw' ? this.refuse : undefined;
    refuse?.('the input', tokens.x_TD, ['token', 'feature']);
    if (refuse) for (const weight of this.weights) refuse(`the weight ${weight.originalName}`, weight.read());
    const call = training ? this.calls++ : 0;
    const choices = this.replayed ?? replay.choices?.(this, [tokens.x_TD.shape[0], this.settings.experts]);
    const asked = { training, call, choices };
    const routed = routeTokens(this.settings, this.gateParams, tokens, asked);
    for (const watch of watchers) watch(this, { plan: routed.plan, mask_T1: tokens.mask_T1, training });
    refuse?.('the logits', routed.plan.logits_TE, ['token', 'expert']);
    refuse?.("the gate's weights", routed.plan.weights_TE, ['token', 'expert']);
    const { y_TU, dispatched } = computeExperts(this.settings, this.bank, tokens, routed, asked);
    refuse?.("the experts' output", y_TU, ['token', 'feature']);
    if (this.settings.recordRouting)
      this.latest.add(metricsTensor(routed.plan, dispatched, tokens.mask_T1), training);
    const outputs = [tf.reshape(y_TU, shape)];
    const { sums } = this.state;
    if (balance) outputs.push(tf.keep(balance.total(routed, sums)));
    if (training && isRecording()) this.state.observe(observedIn(routed, this.balance, sums));
    return outputs;
  }

  protected override disposeWeights(): number {
    this.state.dispose();
    return super.disposeWeights();
  }

  // The base constructor asks for weights before there is a bank, or what is frozen.
  private get children(): readonly layers.Layer[] {
    return this.bank?.children ?? [];
  }

  private unitsFor(inputDim: number): number {
    const { units } = this.settings;
    const own = this.bank.ownUnits(inputDim);
    if (development && own !== undefined && units !== undefined && own !== units) {
      throw new MoeError(this.name, `units must be what the experts return (${own})`, units);
    }
    return units ?? own ?? inputDim;
  }
}

tf.serialization.registerClass(MixtureOfExperts);

/**
 * A mixture-of-experts layer.
 * @example mixtureOfExperts({ experts: 8, gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 256 }), units: 64 })
 */
export function mixtureOfExperts<
  const GateKind extends string,
  const ExpertKind extends string,
  const LossKind extends string,
>(args: MixtureOfExpertsArgs<GateKind, ExpertKind, LossKind>): MixtureOfExperts {
  return new MixtureOfExperts(args as never);
}
