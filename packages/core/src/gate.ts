import { development } from '@tfjs-moe/core/hints';
import { expectDefine } from './definition.ts';
import type { GateOps } from './gate-ops.ts';
import type { Identifier } from './identifier.ts';
import type { OptionsJson, Plugin } from './identity.ts';
import type { AnyParams, GateParamSpec, Named } from './params.ts';
import { definePlugin, type PluginFactory } from './plugin.ts';
import { restore } from './registry.ts';
import type { Router } from './router.ts';
import type { Routing, RoutingContext, SoftRouting } from './routing.ts';
import type { GateTraits } from './traits/gate-traits.ts';

/** Whether a side input has one number for every token, or one for every token and expert. */
export type SideInput = 'token' | 'expert';

/**
 * When the routing of one token depends on the others of its batch: never, so that a token is routed alone as in any batch;
 * while training only; or always, so that a model must not be served token by token.
 */
export type ReadsBatch = 'never' | 'training' | 'always';

/** What a gate's author writes. `P` names its parameters. */
export interface GateDefinition<P = AnyParams> {
  /** Options with their defaults filled in, as JSON; parts appear as their configs. */
  readonly config: OptionsJson;
  /** Options that an earlier version of this definition did not write, so that saved models may lack them. */
  readonly laterOptions?: readonly string[];
  /** The router whose scores are weighted; absent where there are several (hierarchical gates). */
  readonly router?: Router;
  /** The largest number of experts that one token can be sent to; an error if the gate cannot serve so many experts. */
  expertsPerToken(experts: number): number;
  /** Parameters for inputs of `inputDim` features. */
  params(inputDim: number, experts: number): Named<P, GateParamSpec>;
  /** Routes every token. */
  route<V>(ops: GateOps<V>, x: V, p: Named<P, V>, context: NoInfer<RoutingContext<V>>): Routing<V>;
  /** Instead, for gates that send mixtures of tokens to the experts; their `route` refuses by name. */
  mix?<V>(ops: GateOps<V>, x: V, p: Named<P, V>, context: NoInfer<RoutingContext<V>>): SoftRouting<V>;
  /** Default `'never'`. */
  readonly readsBatch?: ReadsBatch;
  /** What a call brings besides the input, by name. The layer takes them as further inputs, in this order. */
  readonly inputs?: Readonly<Record<string, SideInput>>;
  /** Whether `route` can be given the choices of an earlier routing. Default false. */
  readonly replays?: boolean;
  /**
   * New values of the parameters that are `state`, from the sums of what was `observed` in training since the last step of
   * the optimiser.
   */
  update?<V>(
    ops: GateOps<V>,
    p: Named<P, V>,
    sums: Readonly<Record<string, V>>,
    context: { readonly experts: number },
  ): Readonly<Record<string, V>>;
  /** What it says of itself beside its formula. */
  readonly traits?: GateTraits;
}

/**
 * Gate: turns the scores of routers into a routing. It composes a router, a weighting and a selection, and may be made
 * of other gates.
 *
 * A gate: a frozen plain object.
 */
export interface Gate<P = AnyParams> extends Plugin, Omit<GateDefinition<P>, 'config'> {
  readonly role: 'gate';
}

/** A function from options to a gate. */
export type GateFactory<A extends readonly unknown[], P = AnyParams> = PluginFactory<A, Gate<P>>;

/**
 * Makes a gate factory and registers its kind.
 * @param kind lower camel case, unique among gates; one that is built in is refused, one of your own may be defined again, as
 *   when its module is reloaded
 * @param define checks the options and returns the definition
 */
export function defineGate<A extends readonly unknown[], P = AnyParams>(
  kind: string,
  define: (...options: A) => GateDefinition<P>,
): GateFactory<A, P> {
  if (development) expectDefine('gate', kind, define);
  return definePlugin('gate', kind, define);
}

/** A gate from itself, its config or its kind. */
export function getGate<const Kind extends string>(identifier: Identifier<Gate, Kind>, who?: string): Gate {
  return restore<Gate>('gate', identifier, who);
}
