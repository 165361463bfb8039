import type { layers } from '@tensorflow/tfjs-layers';
import {
  type BalanceLoss,
  type Expert,
  expectBoolean,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  expectSize,
  type Gate,
  getBalanceLoss,
  getGate,
  type Identifier,
  MoeError,
  restoringSaved,
} from '@tfjs-moe/core';
import { development, insteadOfLayerOption } from '@tfjs-moe/core/hints';
import { expectLosses } from './balance/expect-losses.ts';
import { brought } from './brought.ts';
import { type Capacity, capacityFunction, completeCapacity } from './capacity.ts';
import type { DispatchName } from './dispatch/auto.ts';
import { type Dispatch, expectDispatch } from './dispatch/define-dispatcher.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import type { SoftDispatch } from './dispatch/soft.ts';
import { bankOf, type LayerExperts, type MixedExperts } from './experts/bank-of.ts';
import type { ExpertBank } from './experts/expert-bank.ts';
import type { ExpertDropout } from './extensions/expert-dropout.ts';
import { type Extensions, extended, extensionNames, extensionsOf } from './extensions/extension.ts';
import type { SharedExperts } from './extensions/shared-experts.ts';
import type { WeightConstraints } from './extensions/weight-constraints.ts';
import type { WeightRegularizers } from './extensions/weight-regularizers.ts';
import { expectPriority, type Priority } from './priorities/define-priority.ts';
import { expectSaved, FORMAT_VERSION, savedVersion, writtenOptions } from './saved-config.ts';

type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** Options of `mixtureOfExperts`. Gates, experts and losses are objects, configs `{ kind, ... }` or names of kinds. */
export interface MixtureOfExpertsArgs<
  GateKind extends string = string,
  ExpertKind extends string = string,
  LossKind extends string = string,
> extends LayerArgs {
  /** Number of experts E. */
  experts: number;
  /** Who goes where, with which weight: `topK({ k: 2 })`. */
  gate: Identifier<Gate, GateKind>;
  /**
   * What each expert computes: `ffn({ hiddenUnits: 256 })`, `mixedExperts(...)` for several definitions, or
   * `layerExperts(...)` for layers of your own.
   */
  expert: Identifier<Expert, ExpertKind> | LayerExperts | MixedExperts;
  /** Output features U. Default: as many as the input has, or as many as `layerExperts` return. */
  units?: number;
  /** Losses that keep the experts in use, added to the training loss. Default none. */
  balance?: readonly Identifier<BalanceLoss, LossKind>[];
  /** How tokens reach experts: a name, or a dispatcher of one's own. Default `auto`: by gate, capacity and backend. */
  dispatch?: Dispatch;
  /** Tokens that one expert takes, or { factor, convention, priority }. Default none: nothing is dropped. */
  capacity?: Capacity | null;
  /**
   * Where the gate's weight multiplies: the experts' output, $\sum_e w_e h_e(x)$, or their input, $\sum_e h_e(w_e x)$, as in
   * Llama 4: `weightAt: expertInput`. Default `'output'`.
   */
  weightAt?: 'output' | 'input';
  /** Experts that see every token, beside those that the gate chooses: `sharedExperts(...)`. Default none. */
  shared?: SharedExperts | object | null;
  /** Dropout at and in the experts: `expertDropout(...)`. Default none. */
  dropout?: ExpertDropout | object | null;
  /** Regularisers of tfjs for the weights: `weightRegularizers(...)`. Default none. */
  regularizers?: WeightRegularizers | object | null;
  /** Constraints of tfjs on the weights, after every step of an optimiser: `weightConstraints(...)`. Default none. */
  constraints?: WeightConstraints | object | null;
  /** Seed of initial weights and of noise. Default: drawn at random. */
  seed?: number;
  /**
   * What to do with NaN and infinities. `pass`, the default, computes with them as tfjs does. `throw` reads numbers back at
   * every call and stops at the first that is none: in the input, a weight, the logits, the gate's weights or the experts'
   * output, with its place. From WebGPU numbers arrive late, so there the next call stops.
   */
  nonFinite?: 'pass' | 'throw';
  /** Whether `routingMetrics` is kept for every batch. Default true. */
  recordRouting?: boolean;
  /** Whether the gate learns. Default true. */
  trainableGate?: boolean;
  /** Whether the experts learn. Default true. */
  trainableExperts?: boolean;
  /** Training passes so far, of which noise is a function; set by `getConfig`. Default 0. */
  trainingCalls?: number;
  /** Version of a saved config; set by `getConfig`. */
  formatVersion?: number;
}

/**
 * The options of the layer: checked at the boundary, with names and configs resolved to objects.
 */
export interface Settings {
  readonly experts: number;
  readonly gate: Gate;
  /** The experts, with what lies around them. */
  readonly bank: ExpertBank;
  readonly units: number | undefined;
  readonly balance: readonly BalanceLoss[];
  readonly dispatch: DispatchName | Dispatcher;
  readonly capacity: Capacity | undefined;
  readonly capacityOf: ((tokens: number) => number) | undefined;
  readonly priority: Priority | undefined;
  readonly weightAt: 'output' | 'input';
  /** What runs the gate, where it mixes tokens. */
  readonly soft: SoftDispatch | undefined;
  readonly seed: number;
  readonly nonFinite: 'pass' | 'throw';
  readonly recordRouting: boolean;
  readonly trainingCalls: number;
  readonly extensions: Extensions;
}

/** The options that are the layer's own. */
export const own: readonly string[] = [...writtenOptions(FORMAT_VERSION), 'formatVersion'];
/** Those of every layer. tfjs itself adds `customObjects` to the configs that it restores. */
export const inherited: readonly string[] = [
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'name',
  'trainable',
  'weights',
  'inputDType',
  'customObjects',
];

/** Checks the options of a layer named `who`. */
export function checkSettings(who: string, args: MixtureOfExpertsArgs): Settings {
  const version = savedVersion(who, args?.formatVersion);
  expectKnownOptions(who, args, [...own, ...inherited], {
    nullable: ['units', 'capacity', ...extensionNames, ...inherited],
    ...(development && { instead: insteadOfLayerOption }),
  });
  if (version === undefined) return checkOptions(who, args);
  expectSaved(who, args, version);
  return restoringSaved([args.gate, args.expert, args.balance, args.shared], () => checkOptions(who, args));
}

function checkOptions(who: string, args: MixtureOfExpertsArgs): Settings {
  const experts = expectExperts(who, 'experts', args.experts);
  const gate = getGate(args.gate, `${who}: gate`);
  const expertsPerToken = gate.expertsPerToken(experts);
  const dispatch = expectDispatch(who, args.dispatch ?? 'auto');
  const capacity = completeCapacity(args.capacity ?? undefined);
  checkCapacity(who, dispatch, capacity);
  const weightAt = expectOneOf(who, 'weightAt', args.weightAt ?? 'output', ['output', 'input']);
  const soft = gate.mix && brought<() => SoftDispatch>(gate.kind, 'soft')();
  soft?.expectSuits(who, capacity, weightAt);
  const extensions = extensionsOf(who, args);
  for (const name of ['trainableGate', 'trainableExperts'] as const)
    expectBoolean(who, name, args[name] ?? true);
  return {
    experts,
    gate,
    bank: extended(bankOf(who, args.expert, experts), extensions),
    units: args.units == null ? undefined : expectSize(who, 'units', args.units),
    balance: checkBalance(who, args.balance ?? [], gate, experts),
    dispatch,
    capacity,
    capacityOf:
      capacity === undefined ? undefined : capacityFunction(who, capacity, experts, expertsPerToken),
    priority: typeof capacity === 'object' ? expectPriority(who, capacity.priority) : undefined,
    weightAt,
    soft,
    seed: expectNumber(who, 'seed', args.seed ?? Math.floor(Math.random() * 2 ** 31)),
    nonFinite: expectOneOf(who, 'nonFinite', args.nonFinite ?? 'pass', ['pass', 'throw']),
    recordRouting: expectBoolean(who, 'recordRouting', args.recordRouting ?? true),
    trainingCalls: expectInteger(who, 'trainingCalls', args.trainingCalls ?? 0, { min: 0 }),
    extensions,
  };
}

function checkCapacity(
  who: string,
  dispatch: DispatchName | Dispatcher,
  capacity: Capacity | undefined,
): void {
  if (capacity === undefined && dispatch === 'capacity') {
    const hint = development ? ': a number of tokens or { factor: 1.25 }' : '';
    throw new MoeError(who, `dispatch 'capacity' needs a capacity${hint}`, capacity);
  }
  if (capacity !== undefined && (dispatch === 'dense' || dispatch === 'grouped')) {
    const hint = development ? '; leave capacity out or dispatch by it' : '';
    throw new MoeError(who, `dispatch '${dispatch}' never drops a token${hint}`, capacity);
  }
}

function checkBalance(
  who: string,
  balance: readonly Identifier<BalanceLoss>[],
  gate: Gate,
  experts: number,
): BalanceLoss[] {
  if (!Array.isArray(balance)) throw new MoeError(who, 'balance must be a list of balance losses', balance);
  // Also the holes of a list, which map would step over.
  const losses = Array.from(balance, (loss) => getBalanceLoss(loss, `${who}: balance`));
  if (development) expectLosses(gate, losses, experts);
  return losses;
}
