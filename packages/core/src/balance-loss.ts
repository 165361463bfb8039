import { development } from '@tfjs-moe/core/hints';
import { expectDefine } from './definition.ts';
import { expectNumber } from './expect.ts';
import type { GateOps } from './gate-ops.ts';
import type { Identifier } from './identifier.ts';
import type { OptionsJson, Plugin } from './identity.ts';
import { definePlugin, type PluginFactory } from './plugin.ts';
import { restore } from './registry.ts';
import type { Routing } from './routing.ts';

/** What a balance loss is told besides the routing. */
// biome-ignore lint/suspicious/noExplicitAny: a loss that reads no values from it need not name their type
export interface BalanceContext<V = any> {
  readonly experts: number;
  /** The largest number of experts per token. */
  readonly expertsPerToken: number;
  /**
   * What `observe` said of the earlier batches since the last step of the optimiser, or of the earlier layers where the loss
   * joins them, added up; absent at the first of them.
   */
  readonly sums?: Readonly<Record<string, V>> | undefined;
}

/** What a balance loss's author writes. */
export interface BalanceLossDefinition {
  /** Options with their defaults filled in, as JSON. */
  readonly config: OptionsJson;
  /** Options that an earlier version of this definition did not write, so that saved models may lack them. */
  readonly laterOptions?: readonly string[];
  /** Factor of the loss in the sum that is trained on; a finite number, 0 or more. */
  readonly weight: number;
  /**
   * Where the loss is one for several layers: what `observe` says is told to the layers that are called after this one, of
   * as many experts and with a loss of the same config, and the gradient flows through it. `value` is then what this layer
   * adds to the loss of those before it, so that the values of all of them sum to the loss of all their tokens.
   */
  readonly joins?: 'layers';
  /** The loss of one batch before its weight: a value with one token, one expert and one feature. */
  value<V>(ops: GateOps<V>, routing: Routing<V>, context: NoInfer<BalanceContext<V>>): V;
  /**
   * Sums over the tokens of a batch that later batches of the same step of the optimiser are told; no gradient flows, except
   * where the loss joins layers.
   */
  observe?<V>(
    ops: GateOps<V>,
    routing: Routing<V>,
    context: NoInfer<BalanceContext<V>>,
  ): Readonly<Record<string, V>>;
}

/**
 * Balance loss: a scalar that is small when the experts share the work, added to the training loss.
 *
 * A balance loss: a frozen plain object.
 */
export interface BalanceLoss extends Plugin, Omit<BalanceLossDefinition, 'config'> {
  readonly role: 'balanceLoss';
}

/** A function from options to a balance loss. */
export type BalanceLossFactory<A extends readonly unknown[]> = PluginFactory<A, BalanceLoss>;

/**
 * Makes a balance loss factory and registers its kind. For a layer, `defineBalanceLoss` of `@tfjs-moe/layers` does the same
 * and brings what runs losses there.
 * @param kind lower camel case, unique among balance losses; one that is built in is refused, one of your own may be defined again, as
 *   when its module is reloaded
 * @param define checks the options and returns the definition; its config carries `weight` too
 */
export function defineBalanceLoss<A extends readonly unknown[]>(
  kind: string,
  define: (...options: A) => BalanceLossDefinition,
): BalanceLossFactory<A> {
  if (development) expectDefine('balanceLoss', kind, define);
  return definePlugin('balanceLoss', kind, (...options: A) => {
    const definition = define(...options);
    const weight = expectNumber(kind, 'weight', definition.weight, { min: 0 });
    return { ...definition, config: { weight, ...definition.config } };
  });
}

/** A balance loss from itself, its config or its kind. */
export function getBalanceLoss<const Kind extends string>(
  identifier: Identifier<BalanceLoss, Kind>,
  who?: string,
): BalanceLoss {
  return restore<BalanceLoss>('balanceLoss', identifier, who);
}
