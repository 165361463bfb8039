import * as tf from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import {
  type Config,
  expectAffordable,
  type Gate,
  type GateParamSpec,
  MoeError,
  prefixed,
  shortWay,
} from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { balanceOf, type LayerBalance } from './balance/layer-balance.ts';
import { isRecording } from './balance/step.ts';
import { choicesFor, watchers, whileChoosing } from './calls.ts';
import { configOf } from './config-of.ts';
import { ExpertLayer, type GateParams } from './expert-layer.ts';
import type { ExpertBank } from './experts/expert-bank.ts';
import { fillParameter } from './fill-parameter.ts';
import { computeExperts, type GateCall, observedIn, routeTokens } from './forward.ts';
import { type FrozenParts, frozenParts } from './frozen-parts.ts';
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
import { GATE, updateGate } from './state/gate-update.ts';
import { type Sums, sumsOf } from './state/step-state.ts';
import { flatten, type Tokens } from './tokens.ts';
import { expectOneCopy } from './two-copies.ts';
import { type AddWeight, storeParams } from './weights.ts';

type CallArgs = Parameters<layers.Layer['call']>[1];

/**
 * The mixture-of-experts layer, $y = \sum_{e \in \mathcal S(x)} w_e(x)\, h_e(x)$: a gate sends every token of the input
 * [..., D] to some of E experts and the layer returns their weighted sum [..., U].
 *
 * It is an ordinary tfjs layer: `fit`, `save`, `loadLayersModel`, masks, shared use and frozen parts all work.
 */
export class MixtureOfExperts extends ExpertLayer {
  /** @nocollapse */
  static className = 'MixtureOfExperts';

  private readonly settings: Settings;
  private readonly bank: ExpertBank;
  private readonly balance: LayerBalance | undefined;
  protected readonly banks: readonly ExpertBank[];
  protected gateParams: GateParams[] = [];
  protected readonly frozen: FrozenParts;
  private inputDim = 0;
  private held = false;
  private readonly latest: LatestRouting = latestRouting();
  private readonly refuse = refuseNonFinite(() => this.name);

  constructor(args: MixtureOfExpertsArgs) {
    super({ ...args, name: layerName(args?.name) });
    if (development) refuseDirection(this.name, Object(args));
    this.settings = checkSettings(args?.name ? this.name : 'mixtureOfExperts', args);
    this.balance = balanceOf(this.name, () => this.name, this.settings.balance);
    this.calls = this.settings.trainingCalls;
    this.bank = this.settings.bank;
    this.banks = [this.bank];
    this.bank.heldBy?.(this.name, this);
    this.supportsMasking = true;
    this.frozen = frozenParts(args, this.parts);
  }

  override apply(...[inputs, kwargs]: Parameters<layers.Layer['apply']>): ReturnType<layers.Layer['apply']> {
    if (development) expectOneCopy(this.name, inputs);
    return super.apply(inputs, kwargs);
  }

  override build(inputShape: Shape | Shape[]): void {
    const { experts, gate, seed } = this.settings;
    const who = this.name;
    const features = featuresOf(this.name, inputShape, gate.inputs);
    const tokens = tokensShape(this.name, inputShape, gate.inputs);
    const [gateDim, inputDim] = this.bank.samples?.built(who, tokens) ?? [features, features];
    const addWeight: AddWeight = (name, shape, initializer, trainable, zeros) =>
      this.addWeight(name, shape, 'float32', initializer, undefined, trainable, undefined, zeros);
    const units = this.unitsFor(inputDim);
    const ofGate: Record<string, GateParamSpec> = gate.params(gateDim, experts);
    expectAffordable(who, {
      ...prefixed('gate', ofGate),
      ...prefixed('expert', this.bank.params(inputDim, units)),
    });
    this.gateParams = [storeParams(ofGate, 'gate', seed, who, addWeight)];
    this.bank.build({ who, experts, inputDim, units, seed, addWeight });
    this.bank.ready?.(this.gateParams[0]!);
    const { balance } = this;
    if (balance !== undefined) this.addLoss(() => balance.take());
    this.watchWeights();
    this.inputDim = inputDim;
    this.held = isHeld(this.name, this.weights);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { inputs } = this.settings.gate;
    const shape = tokensShape(this.name, inputShape, inputs);
    return (
      this.bank.samples?.outputShape(shape) ?? [
        ...shape.slice(0, -1),
        this.unitsFor(featuresOf(this.name, inputShape, inputs)),
      ]
    );
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
    // What experts make of whole samples has other positions.
    if (this.bank.samples && mask.rank > 1) return null!;
    return (fitted(mask, tokensInput(this.name, inputs, this.settings.gate.inputs)) ?? null)!;
  }

  /**
   * The routing of a batch in evaluation mode, for looking at: tensors [T, E] that the caller disposes of.
   * @param inputs [..., D], or a list where the gate has side inputs
   * @param mask the padding mask, if there is one
   */
  route(inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor): RoutingPlan {
    if (!this.built) tf.dispose(this.apply(inputs) as tf.Tensor);
    return tf.tidy(() => {
      const tokens = this.tokensOf(inputs, mask);
      return routeTokens(this.settings, this.gateParams[0]!, tokens, this.asked(tokens, false)).plan as never;
    });
  }

  /**
   * Runs something with the choices of an earlier routing in place of the gate's own: weights are computed anew from them.
   * @param choices disjoint 0/1 masks [T, E] in order of priority, for every call of this layer inside
   * @param run synchronous, for example `() => model.predict(x)`
   */
  replaying<T>(choices: readonly tf.Tensor[], run: () => T): T {
    const { gate } = this.settings;
    if (gate.replays !== true) throw new MoeError(this.name, `the gate "${gate.kind}" cannot replay choices`);
    return whileChoosing((layer) => (layer === this ? choices : undefined), run);
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
    fillParameter(this.name, this.gateParams[0] ?? {}, name, value);
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
    const tokens = (this.bank.samples?.flatten ?? flatten)(
      this.name,
      tokensInput(this.name, inputs, gate.inputs),
      mask,
    );
    const features = tokens.x_TD.shape[1];
    if (features === this.inputDim)
      return { ...tokens, sides: sideInputs(this.name, inputs, gate.inputs, tokens, experts) };
    throw new MoeError(this.name, `the input must have ${this.inputDim} features`, features);
  }

  private forward(tokens: Tokens, training: boolean, balance: LayerBalance | undefined): tf.Tensor[] {
    const shape = [...(tokens.outputShape ?? [...tokens.outer, this.unitsFor(tokens.x_TD.shape[1])])];
    // Rows are what an input of two axes returns: a reshape would cost what a token does.
    const returned = (y_TU: tf.Tensor, loss: tf.Scalar | undefined) =>
      [shape[2] ? tf.reshape(y_TU, shape) : y_TU, balance && tf.keep(loss!)] as tf.Tensor[];
    if (tokens.x_TD.shape[0] === 0) {
      const weights = this.trainableWeights.map((weight) => weight.read());
      return returned(outputOfNoTokens(shape, [tokens.x_TD, ...weights]), tf.scalar(0));
    }
    const refuse = this.settings.nonFinite === 'throw' ? this.refuse : undefined;
    refuse?.('the input', tokens.x_TD, ['token', 'feature']);
    if (refuse) for (const weight of this.weights) refuse(`the weight ${weight.originalName}`, weight.read());
    const asked = this.asked(tokens, training);
    const short =
      asked.choices || watchers.size
        ? undefined
        : shortWay.take?.(this.settings, this.gateParams[0]!, tokens, training);
    if (short) {
      const [y_TU, numbers, loss, observed] = short as [tf.Tensor2D, tf.Tensor1D?, tf.Scalar?, Sums?];
      if (numbers) this.latest.add(numbers, training);
      this.state.observe(sumsOf(GATE, observed));
      return returned(y_TU, loss);
    }
    const routed = routeTokens(this.settings, this.gateParams[0]!, tokens, asked);
    for (const watch of watchers) watch(this, { plan: routed.plan, mask_T1: tokens.mask_T1 });
    refuse?.('the logits', routed.plan.logits_TE, ['token', 'expert']);
    refuse?.("the gate's weights", routed.plan.weights_TE, ['token', 'expert']);
    const { y_TU, dispatched } = computeExperts(this.settings, this.bank, tokens, routed, asked);
    refuse?.("the experts' output", y_TU, ['token', 'feature']);
    if (this.settings.recordRouting)
      this.latest.add(metricsTensor(routed.plan, dispatched, tokens.mask_T1), training);
    const { sums } = this.state;
    const outputs = returned(y_TU, balance?.total(routed, sums));
    if (training && isRecording()) this.state.observe(observedIn(routed, this.balance, sums));
    return outputs;
  }

  protected override afterStep(sums: Sums): void {
    const { gate, experts } = this.settings;
    updateGate(gate, experts, this.gateParams[0]!, sums);
  }

  private asked({ x_TD }: Tokens, training: boolean): GateCall {
    return {
      training,
      call: training ? this.calls++ : 0,
      choices: choicesFor(this, [x_TD.shape[0], this.settings.experts]),
    };
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
