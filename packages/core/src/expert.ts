import { development } from '@tfjs-moe/core/hints';
import { expectDefine } from './definition.ts';
import type { Identifier } from './identifier.ts';
import type { OptionsJson, Plugin } from './identity.ts';
import type { Ops } from './ops.ts';
import type { AnyParams, Named, ParamSpec } from './params.ts';
import { definePlugin, type PluginFactory } from './plugin.ts';
import { restore } from './registry.ts';
import type { ExpertTraits } from './traits/expert-traits.ts';

/** What an expert's author writes. `P` names its parameters. */
export interface ExpertDefinition<P = AnyParams> {
  /** Options with their defaults filled in, as JSON. */
  readonly config: OptionsJson;
  /** Options that an earlier version of this definition did not write, so that saved models may lack them. */
  readonly laterOptions?: readonly string[];
  /** Parameters of one expert from `inputDim` features to `units` features. */
  params(inputDim: number, units: number): Named<P, ParamSpec>;
  /** The output: `units` features per row. An output that does not depend on x may be returned as a bare parameter. */
  apply<V>(ops: Ops<V>, x: V, p: Named<P, V>): V;
  /** What it says of itself beside its formula. */
  readonly traits?: ExpertTraits;
}

/**
 * Expert: transforms what it is given, $(x, \eta) \mapsto h(x, \eta) \in \mathbb{R}^U$. It never sees routing.
 *
 * An expert: a frozen plain object.
 */
export interface Expert<P = AnyParams> extends Plugin, Omit<ExpertDefinition<P>, 'config'> {
  readonly role: 'expert';
}

/** A function from options to an expert. */
export type ExpertFactory<A extends readonly unknown[], P = AnyParams> = PluginFactory<A, Expert<P>>;

/**
 * Makes an expert factory and registers its kind.
 * @param kind lower camel case, unique among experts; one that is built in is refused, one of your own may be defined again, as
 *   when its module is reloaded
 * @param define checks the options and returns the definition
 */
export function defineExpert<A extends readonly unknown[], P = AnyParams>(
  kind: string,
  define: (...options: A) => ExpertDefinition<P>,
): ExpertFactory<A, P> {
  if (development) expectDefine('expert', kind, define);
  return definePlugin('expert', kind, define);
}

/** An expert from itself, its config or its kind. */
export function getExpert<const Kind extends string>(
  identifier: Identifier<Expert, Kind>,
  who?: string,
): Expert {
  return restore<Expert>('expert', identifier, who);
}
