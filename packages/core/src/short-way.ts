import type { Expert } from './expert.ts';
import type { Gate } from './gate.ts';
import type { GateParamSpec } from './params.ts';
import type { Routing } from './routing.ts';

/** A parameter as a layer holds it: its specification, and where its numbers are. */
export interface HeldParameter<V> {
  readonly spec: GateParamSpec;
  readonly variable: { read(): V };
}

/** Parameters of a layer by name. */
export type HeldParameters<V> = Readonly<Record<string, HeldParameter<V>>>;

/** The experts of a layer. */
export interface ShortWayBank<V> {
  /** The definition, where all of them are one. */
  readonly expert?: Expert | undefined;
  readonly stored: HeldParameters<V>;
  /** What has to be done with the weighted sums [T, U], where something has. */
  finish?(y_TU: V, tokens: ShortWayTokens<V>, training: boolean): V;
}

/** What a short way is told of a layer. Values `V` are tensors of the layer's framework. */
export interface ShortWayLayer<V> {
  readonly gate: Gate;
  readonly experts: number;
  readonly bank: ShortWayBank<V>;
  /** `'auto'` where nobody asked for a certain way. */
  readonly dispatch: unknown;
  readonly capacityOf: unknown;
  readonly weightAt: 'output' | 'input';
  readonly nonFinite: 'pass' | 'throw';
  /** Whether the metrics of the routing are wanted. */
  readonly recordRouting: boolean;
  /** Its balance losses. */
  readonly balance?: readonly unknown[];
  readonly extensions?: { readonly dropout?: object | null };
}

/** What a short way is told of a call. */
export interface ShortWayTokens<V> {
  /** [T, D], zeros in padding. */
  readonly x_TD: V;
  /** 0/1 [T, 1], or nothing where there is no padding. */
  readonly mask_T1: V | undefined;
  /** The axes of the input before the features. */
  readonly outer: readonly number[];
  /** What the gate sees, where that is something else. */
  readonly seen_TF?: V | undefined;
}

/**
 * Short way: a whole pass through a layer at once, with its gradient where the tape is on, from the tokens to the weighted
 * sums [T, U], to the numbers of the routing metrics, [load (E), importance (E), entropy, squared logits, pairs, tokens], where
 * the layer records them, in training to the sum of its balance losses, where it has any, and to what the gate observes, where
 * it does and the tape is on. Undefined for calls that it does
 * not serve, which the layer composes: it is an answer sooner and never another one.
 */
export type ShortWay<V> = (
  layer: ShortWayLayer<V>,
  gateParams: HeldParameters<V>,
  tokens: ShortWayTokens<V>,
  training: boolean,
) => readonly [y_TU: V, metrics?: V, loss?: V, observed?: Readonly<Record<string, V>>] | undefined;

/** What dispatchers, losses and metrics read of a routing: values are [T, E], padding is routed nowhere. */
export interface ShortPlan<V> {
  readonly tokens: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly logits_TE: V;
  readonly scores_TE: V;
  readonly probabilities_TE: V;
  readonly choices_TE: readonly V[];
  readonly selected_TE: V;
  readonly weights_TE: V;
  readonly selectsAll: boolean;
  readonly renormalizeAfterDrop: boolean;
}

/**
 * Short route: the routing of a batch, in training too, by kernels in place of what the gate composes; what nobody asks
 * for is not computed. Undefined for gates that it does not serve, which route themselves.
 */
export type ShortRoute<V> = (
  layer: { readonly gate: Gate; readonly experts: number },
  gateParams: HeldParameters<V>,
  tokens: ShortWayTokens<V>,
  call: { readonly training: boolean; readonly choices?: unknown },
) => { readonly routing: Routing<V>; readonly plan: ShortPlan<V> } | undefined;

/**
 * The short way and the short route of the backends of this program, if a package has brought one. Layers ask for the way
 * where nobody looks at the routing and nobody replays one.
 */
// biome-ignore-start lint/suspicious/noExplicitAny: tensors are those of whoever brings it
export const shortWay: { take?: ShortWay<any> | undefined; route?: ShortRoute<any> | undefined } = {};
// biome-ignore-end lint/suspicious/noExplicitAny: tensors are those of whoever brings it
