import { type Gate, type GateDefinition, MoeError, type Routing, type RoutingContext } from '@tfjs-moe/core';

/**
 * What a gate that is made of another has of it besides its formula: side inputs, state, and whether it reads the batch.
 */
export function passedOn({
  inputs,
  readsBatch,
  update,
}: Gate): Pick<GateDefinition, 'inputs' | 'readsBatch' | 'update'> {
  return { ...(inputs && { inputs }), ...(readsBatch && { readsBatch }), ...(update && { update }) };
}

/** What the update of a gate is told of a batch: what its part observed, and what it observed itself. */
export function observedBy<V>(
  { observed }: Routing<V>,
  own: Readonly<Record<string, V>> = {},
): Pick<Routing<V>, 'observed'> {
  const all = { ...observed, ...own };
  return Object.keys(all).length === 0 ? {} : { observed: all };
}

/** The choices of a selection, or those of an earlier routing that take their place. */
export function chosen<V>({ choices }: RoutingContext<V>, select: () => readonly V[]): readonly V[] {
  return choices ?? select();
}

/**
 * What a weighting is told: choices are those of the gate around it, not its own. A context without them is handed on as it
 * is, for a copy would ask for the number of experts, which not every context has.
 */
export function forWeighting<V>(context: RoutingContext<V>): RoutingContext<V> {
  return context.choices ? { ...context, choices: undefined } : context;
}

/** Refuses a part that mixes tokens, where a gate that routes them is needed. */
export function expectRoutes(who: string, gate: Gate): Gate {
  if (gate.mix === undefined) return gate;
  throw new MoeError(who, 'a part must route tokens, and not mix them', gate.kind);
}
