import { development } from '@tfjs-moe/core/hints';
import { expectDefine } from './definition.ts';
import type { Identifier } from './identifier.ts';
import type { OptionsJson, Plugin } from './identity.ts';
import type { Ops } from './ops.ts';
import type { AnyParams, Named, ParamSpec } from './params.ts';
import { definePlugin, type PluginFactory } from './plugin.ts';
import { restore } from './registry.ts';
import type { RouterTraits } from './traits/router-traits.ts';

/** What a router's author writes. `P` names its parameters. */
export interface RouterDefinition<P = AnyParams> {
  /** Options with their defaults filled in, as JSON. */
  readonly config: OptionsJson;
  /** Options that an earlier version of this definition did not write, so that saved models may lack them. */
  readonly laterOptions?: readonly string[];
  /** Parameters of one expert's score for inputs of `inputDim` features. */
  params(inputDim: number): Named<P, ParamSpec>;
  /** The score: one feature per row. */
  logit<V>(ops: Ops<V>, x: V, p: Named<P, V>): V;
  /** What it says of itself beside its formula. */
  readonly traits?: RouterTraits;
}

/**
 * Router: scores one expert for an input, $(x, \theta) \mapsto z \in \mathbb{R}$.
 *
 * A router: a frozen plain object.
 */
export interface Router<P = AnyParams> extends Plugin, Omit<RouterDefinition<P>, 'config'> {
  readonly role: 'router';
}

/** A function from options to a router. */
export type RouterFactory<A extends readonly unknown[], P = AnyParams> = PluginFactory<A, Router<P>>;

/**
 * Makes a router factory and registers its kind.
 * @param kind lower camel case, unique among routers; one that is built in is refused, one of your own may be defined again, as
 *   when its module is reloaded
 * @param define checks the options and returns the definition
 */
export function defineRouter<A extends readonly unknown[], P = AnyParams>(
  kind: string,
  define: (...options: A) => RouterDefinition<P>,
): RouterFactory<A, P> {
  if (development) expectDefine('router', kind, define);
  return definePlugin('router', kind, define);
}

/** A router from itself, its config or its kind. */
export function getRouter<const Kind extends string>(
  identifier: Identifier<Router, Kind>,
  who?: string,
): Router {
  return restore<Router>('router', identifier, who);
}
