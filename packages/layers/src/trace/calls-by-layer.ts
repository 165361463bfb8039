import { MoeError } from '@tfjs-moe/core';
import type { RoutingTrace } from './routing-trace.ts';

/** The calls of one layer. */
export interface CallsOfLayer {
  readonly layer: string | number;
  readonly experts: number;
  readonly calls: RoutingTrace;
}

/** The calls of every layer, in the order of their first ones. */
export function callsByLayer(who: string, trace: RoutingTrace): readonly CallsOfLayer[] {
  const layers = [...new Set(trace.map(({ layer }) => layer))];
  return layers.map((layer) => {
    const calls = trace.filter((call) => call.layer === layer);
    const [experts, ...others] = [...new Set(calls.map((call) => call.experts))];
    if (others.length === 0) return { layer, experts: experts!, calls };
    throw new MoeError(who, `layer ${layer} must have one number of experts`, [experts, ...others]);
  });
}

/** The calls of the only layer of a trace, or of the named one. */
export function callsOf(who: string, trace: RoutingTrace, layer: string | number | undefined): CallsOfLayer {
  const all = callsByLayer(who, trace);
  const names = all.map((each) => each.layer);
  if (layer === undefined && all.length > 1)
    throw new MoeError(who, 'the trace must be of one layer, or layer say which of them', names);
  const found = layer === undefined ? all[0] : all.find((each) => each.layer === layer);
  if (found !== undefined) return found;
  throw new MoeError(
    who,
    layer === undefined ? 'the trace is empty' : `the trace has no layer ${layer}`,
    names,
  );
}
