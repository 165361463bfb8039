import * as tf from '@tensorflow/tfjs-core';
import type { layers, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type Config, expectAffordable, type Gate, MoeError, prefixed, scoped } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { balanceOf, type LayerBalance } from '../balance/layer-balance.ts';
import { isRecording } from '../balance/step.ts';
import { type CalledLayer, watchers, whileChoosing } from '../calls.ts';
import { configOf } from '../config-of.ts';
import { ExpertLayer, type GateParams } from '../expert-layer.ts';
import type { ExpertBank } from '../experts/expert-bank.ts';
import { fillParameter } from '../fill-parameter.ts';
import { observedIn, type Routed } from '../forward.ts';
import { type FrozenParts, frozenParts } from '../frozen-parts.ts';
import { featuresOf } from '../inputs.ts';
import { type LatestRouting, latestRouting } from '../latest-routing.ts';
import { layerName } from '../layer-name.ts';
import { firstMask, fitted, isHeld, type Masks, ownMask } from '../masks/own-mask.ts';
import { refuseDirection } from '../no-direction.ts';
import { outputOfNoTokens } from '../no-tokens.ts';
import { refuseNonFinite } from '../non-finite.ts';
import { metricsTensor, type RoutingMetrics } from '../routing-metrics.ts';
import type { RoutingPlan } from '../routing-plan.ts';
import { updateGate } from '../state/gate-update.ts';
import type { Sums } from '../state/step-state.ts';
import { addAll } from '../tensor/add-all.ts';
import type { Tokens } from '../tokens.ts';
import { expectOneCopy } from '../two-copies.ts';
import { type AddWeight, storeParams } from '../weights.ts';
import { computeGates, inputFor, routeGates } from './forward.ts';
import { tokenInputs, tokenShapes, tokensOf } from './inputs.ts';
import { type OnePass, onePass } from './one-pass.ts';
import { outputShapes } from './output-shapes.ts';
import type { Structure } from './structure.ts';
import type { TaskArgs } from './task-settings.ts';

type CallArgs = Parameters<layers.Layer['call']>[1];

/**
 * A layer in which several gates weigh the same experts, one output for each gate: what `multiGateMixtureOfExperts` and
 * `customizedGateControl` have in common. The parts are those of `MixtureOfExperts`.
 */
export abstract class TaskMixture extends ExpertLayer {
  protected readonly structure: Structure;
  protected readonly banks: readonly ExpertBank[];
  private readonly balance: LayerBalance | undefined;
  protected readonly frozen: FrozenParts;
  private readonly latest: readonly LatestRouting[];
  protected gateParams: GateParams[] = [];
  /** The gates as layers of their own, for those who look at calls. */
  private readonly called: readonly CalledLayer[];
  private features: readonly number[] = [];
  private held = false;
  private readonly pass: OnePass = onePass();
  private readonly refuse = refuseNonFinite(() => this.name);

  /** @param structureOf reads the options of a layer with a name */
  constructor(args: TaskArgs, structureOf: (args: TaskArgs) => Structure) {
    super({ ...args, name: layerName(args?.name) });
    if (development) refuseDirection(this.name, Object(args));
    this.structure = structureOf(args);
    const { banks, gates } = this.structure;
    const { settings } = gates[0]!;
    this.balance = balanceOf(this.name, () => this.name, settings.balance);
    this.calls = settings.trainingCalls;
    this.latest = gates.map(() => latestRouting());
    this.banks = banks.map(({ bank }) => bank);
    this.banks.forEach((bank, b) => {
      bank.heldBy?.(this.name, this);
      const { path } = banks[b]!;
      // The names of layers are those of their weights, which must differ between the banks.
      if (path !== '')
        bank.children.forEach((child, e) => {
          child.name = `expert_${path}_${e}`;
        });
    });
    this.supportsMasking = true;
    this.frozen = frozenParts(args, this.parts);
    this.called = gates.map(({ name, settings: { gate } }) => ({ name: `${this.name}/${name}`, gate }));
  }

  override apply(inputs: SymbolicTensor | SymbolicTensor[], kwargs?: CallArgs): SymbolicTensor[];
  override apply(inputs: tf.Tensor | tf.Tensor[], kwargs?: CallArgs): tf.Tensor[];
  override apply(...[inputs, kwargs]: Parameters<layers.Layer['apply']>): ReturnType<layers.Layer['apply']> {
    if (development) expectOneCopy(this.name, inputs);
    // A list of one is a list, too, which tfjs would take out of it.
    return [super.apply(inputs, kwargs)].flat() as tf.Tensor[];
  }

  override build(inputShape: Shape | Shape[]): void {
    const { banks, gates } = this.structure;
    const who = this.name;
    const dims = tokenShapes(who, inputShape, this.structure).map((shape) => shape.at(-1) as number);
    const units = this.unitsFor(dims);
    const under =
      (from: string, to: string): AddWeight =>
      (name, shape, initializer, trainable, zeros) => {
        const path = name.replace(`${from}/`, to === '' ? `${from}/` : `${from}/${to}/`);
        return this.addWeight(path, shape, 'float32', initializer, undefined, trainable, undefined, zeros);
      };
    const ofGates = gates.map((gate) =>
      gate.settings.gate.params(inputFor(gate, dims), gate.settings.experts),
    );
    expectAffordable(
      who,
      Object.assign(
        {},
        ...gates.map(({ name }, g) => prefixed(`gate/${name}`, ofGates[g]!)),
        ...banks.map((bank, b) =>
          prefixed(`expert/${bank.path}`, this.banks[b]!.params(inputFor(bank, dims), units)),
        ),
      ),
    );
    this.gateParams = gates.map(({ name, settings }, g) =>
      storeParams(ofGates[g]!, 'gate', settings.seed, who, under('gate', name)),
    );
    banks.forEach((bank, b) => {
      const { experts, path, seed } = bank;
      const addWeight = under('expert', path);
      this.banks[b]!.build({ who, experts, inputDim: inputFor(bank, dims), units, seed, addWeight });
    });
    const { balance } = this;
    if (balance !== undefined) this.addLoss(() => balance.take());
    this.watchWeights();
    this.features = dims;
    this.held = isHeld(this.name, this.weights);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape[] {
    const shapes = tokenShapes(this.name, inputShape, this.structure);
    const units = this.unitsFor(shapes.map((shape) => featuresOf(this.name, shape, undefined)));
    return outputShapes(this.name, this.structure.gates.length, [...shapes[0]!.slice(0, -1), units]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: CallArgs): tf.Tensor[] {
    const training = kwargs?.training === true;
    const inModel = Array.isArray(inputs) && this.inboundNodes.length > 0;
    const asked = { inputs: [inputs].flat(), kwargs, training };
    const known = inModel ? this.pass.recall(asked) : undefined;
    if (known !== undefined) return known;
    const balance = training && this.balance?.wanted() ? this.balance : undefined;
    this.state.settle();
    if (training) this.frozen.keep();
    else this.balance?.evaluated();
    const outputs = tf.tidy(() => {
      const [x] = tokenInputs(this.name, inputs, this.structure);
      const called = { nodes: this.inboundNodes, held: this.held, withList: Array.isArray(inputs) };
      const mask = ownMask(x!, kwargs?.mask as Masks, called);
      return this.forward(this.tokensOf(inputs, mask), training, balance);
    });
    balance?.record(outputs.pop() as tf.Scalar);
    if (inModel) this.pass.remember(asked, outputs);
    return outputs;
  }

  override computeMask(inputs: tf.Tensor | tf.Tensor[], masks?: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const mask = firstMask(masks);
    const [x] = tokenInputs(this.name, inputs, this.structure);
    const own = mask == null ? undefined : fitted(mask, x!);
    // One for each output, masked or not, though the type of tfjs knows of one.
    return this.structure.gates.map(() => own ?? null) as unknown as tf.Tensor;
  }

  /**
   * The routing of a batch in evaluation mode by task, for looking at: tensors [T, E] that the caller disposes of.
   * @param inputs what the layer takes
   * @param mask the padding mask, if there is one
   */
  route(inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor): Readonly<Record<string, RoutingPlan>> {
    if (!this.built) tf.dispose(this.apply(inputs as tf.Tensor));
    const asked = { training: false, call: 0 };
    return tf.tidy(() => {
      const tokens = this.tokensOf(inputs, mask);
      const routed = routeGates(this.structure, this.gateParams, tokens, asked, this.called);
      return this.byTask((g) => routed[g]!.plan) as never;
    });
  }

  /**
   * Runs something with the choices of an earlier routing in place of the gates' own: weights are computed anew from them.
   * @param choices by task: disjoint 0/1 masks [T, E] in order of priority; tasks that are left out choose for themselves
   * @param run for example `() => model.predict(x)`
   */
  replaying<T>(choices: Readonly<Record<string, readonly tf.Tensor[]>>, run: () => T): T {
    for (const task of Object.keys(choices)) {
      const asked = this.structure.gates.find(({ name }) => name === task);
      if (asked === undefined) throw new MoeError(this.name, `has the tasks ${this.names.join(', ')}`, task);
      const { gate } = asked.settings;
      if (gate.replays !== true)
        throw new MoeError(this.name, `the gate "${gate.kind}" of ${task} cannot replay choices`);
    }
    return whileChoosing((layer) => {
      const task = this.names[this.called.indexOf(layer)];
      return task !== undefined && Object.hasOwn(choices, task) ? choices[task] : undefined;
    }, run);
  }

  /** Routing of the last batch by task; null before the first. On GPU backends it arrives a little later. */
  get routingMetrics(): Readonly<Record<string, RoutingMetrics | null>> {
    return this.byTask((g) => this.latest[g]!.any);
  }

  /** Routing of the last batch in training mode by task, whatever was evaluated since. */
  get trainingRoutingMetrics(): Readonly<Record<string, RoutingMetrics | null>> {
    return this.byTask((g) => this.latest[g]!.inTraining);
  }

  /** Waits until the metrics of every batch so far have arrived. */
  async routingSettled(): Promise<Readonly<Record<string, RoutingMetrics | null>>> {
    await Promise.all(this.latest.map(({ settled }) => settled));
    return this.routingMetrics;
  }

  /** The gates by task, as objects, with the number of experts that each weighs. */
  get gates(): Readonly<Record<string, { readonly gate: Gate; readonly experts: number }>> {
    return this.byTask((g) => this.structure.gates[g]!.settings);
  }

  /**
   * Sets one parameter of a gate, such as a scheduled temperature.
   * @param name the task, and the path below its gate, for example `clicks/temperature`
   * @param value given to every entry; finite in float32
   */
  setGateParameter(name: string, value: number): void {
    const all = this.gateParams.map((params, g) => prefixed(this.names[g]!, params));
    fillParameter(this.name, Object.assign({}, ...all), name, value);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { gates } = this.structure;
    const config = {
      ...super.getConfig(),
      ...configOf(gates[0]!.settings),
      gate: gates.map(({ settings }) => settings.gate.config),
      expert: this.banks.map((bank) => bank.config()),
      trainableGate: this.trainableGate,
      trainableExperts: this.trainableExperts,
      trainingCalls: this.calls,
    };
    return config as unknown as tf.serialization.ConfigDict & Config;
  }

  private get names(): readonly string[] {
    return this.structure.gates.map(({ name }) => name);
  }

  private byTask<T>(value: (gate: number) => T): Readonly<Record<string, T>> {
    return Object.fromEntries(this.names.map((name, g) => [name, value(g)]));
  }

  private tokensOf(inputs: tf.Tensor | tf.Tensor[], mask: tf.Tensor | null | undefined): readonly Tokens[] {
    return tokensOf(this.name, inputs, mask, this.structure, this.features);
  }

  private forward(
    inputs: readonly Tokens[],
    training: boolean,
    balance: LayerBalance | undefined,
  ): tf.Tensor[] {
    const { structure, gateParams, names } = this;
    const { settings } = structure.gates[0]!;
    const [{ outer, x_TD, mask_T1 }] = inputs as [Tokens, ...Tokens[]];
    const shape = [...outer, this.unitsFor(this.features)];
    if (x_TD.shape[0] === 0) {
      const from = [
        ...inputs.map((each) => each.x_TD),
        ...this.trainableWeights.map((weight) => weight.read()),
      ];
      const nothing = names.map(() => outputOfNoTokens(shape, from));
      return balance ? [...nothing, tf.keep(tf.scalar(0))] : nothing;
    }
    const refuse = settings.nonFinite === 'throw' ? this.refuse : undefined;
    for (const input of inputs) refuse?.('the input', input.x_TD, ['token', 'feature']);
    if (refuse) for (const weight of this.weights) refuse(`the weight ${weight.originalName}`, weight.read());
    const asked = { training, call: training ? this.calls++ : 0 };
    const routed = routeGates(structure, gateParams, inputs, asked, this.called);
    routed.forEach(({ plan }, g) => {
      for (const watch of watchers) watch(this.called[g]!, { plan, mask_T1 });
    });
    routed.forEach(({ plan }, g) => {
      refuse?.(`the logits of ${names[g]}`, plan.logits_TE, ['token', 'expert']);
      refuse?.(`the gate's weights of ${names[g]}`, plan.weights_TE, ['token', 'expert']);
    });
    const answers = computeGates(structure, this.banks, inputs, routed, asked);
    const outputs: tf.Tensor[] = answers.map(({ y_TU, dispatched }, g) => {
      refuse?.(`the output of ${names[g]}`, y_TU, ['token', 'feature']);
      if (settings.recordRouting)
        this.latest[g]!.add(metricsTensor(routed[g]!.plan, dispatched, mask_T1), training);
      return tf.reshape(y_TU, shape);
    });
    if (balance) outputs.push(tf.keep(this.balanceLoss(balance, routed)));
    if (training && isRecording()) this.state.observe(this.observed(routed));
    return outputs;
  }

  /** The balance losses of all gates together. */
  private balanceLoss(balance: LayerBalance, routed: readonly Routed[]): tf.Scalar {
    return addAll(routed.map((each, g) => balance.total(each, this.sumsFor(g))));
  }

  private observed(routed: readonly Routed[]): Sums {
    const each = routed.map((one, g) =>
      prefixed(this.names[g]!, observedIn(one, this.balance, this.sumsFor(g))),
    );
    return Object.assign({}, ...each);
  }

  protected override afterStep(sums: Sums): void {
    this.structure.gates.forEach(({ name, settings }, g) => {
      updateGate(settings.gate, settings.experts, this.gateParams[g]!, scoped(name, sums));
    });
  }

  /** What was observed of a gate since the optimiser's last step. */
  private sumsFor(gate: number): Sums | undefined {
    const { sums } = this.state;
    return sums && scoped(this.names[gate]!, sums);
  }

  private unitsFor(dims: readonly number[]): number {
    const { banks, gates } = this.structure;
    const own = this.banks.map((bank, b) => bank.ownUnits(inputFor(banks[b]!, dims)));
    const units = gates[0]!.settings.units ?? own[0] ?? dims[0]!;
    const other = own.find((each) => each !== undefined && each !== units);
    if (other !== undefined)
      throw new MoeError(this.name, `units must be what all experts return (${other})`, units);
    return units;
  }
}
