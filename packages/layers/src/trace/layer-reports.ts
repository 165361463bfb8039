import { deadExperts, effectiveExperts, type LoadViolation, loadViolation } from '../load-shape.ts';
import { callsByLayer } from './calls-by-layer.ts';
import { expectTrace, type RoutingTrace } from './routing-trace.ts';

/** What a trace says of one layer, over all of its calls; padding counts nowhere. */
export interface LayerReport {
  readonly layer: string | number;
  readonly experts: number;
  readonly tokens: number;
  /** Tokens of every expert. */
  readonly counts: readonly number[];
  /** Fraction of the tokens that each expert was sent. */
  readonly load: readonly number[];
  /** $e^H$ of the shares of the load. */
  readonly effectiveExperts: number;
  /** Experts without a token. */
  readonly dead: readonly number[];
  /** How far the busiest and the idlest expert are from the mean load. */
  readonly violation: LoadViolation;
  /**
   * The scores of last chosen experts less those of best rejected ones: their mean, and the smallest; null where the trace
   * has none. Close to 0, another last digit chooses another expert.
   */
  readonly margin: { readonly mean: number; readonly smallest: number } | null;
}

/** A report of every layer of a trace, in the order in which they were called. */
export function layerReports(trace: RoutingTrace): readonly LayerReport[] {
  return callsByLayer('layerReports', expectTrace('layerReports', trace)).map(({ layer, experts, calls }) => {
    const counts: number[] = new Array(experts).fill(0);
    let tokens = 0;
    for (const chosen of calls.flatMap(({ choices }) => choices)) {
      if (chosen === null) continue;
      tokens++;
      for (const e of chosen) counts[e]!++;
    }
    const margins = calls.flatMap(({ margins = [] }) => margins).filter((margin) => margin !== null);
    return {
      layer,
      experts,
      tokens,
      counts,
      load: counts.map((n) => (tokens === 0 ? 0 : n / tokens)),
      effectiveExperts: effectiveExperts(counts),
      dead: deadExperts(counts),
      violation: loadViolation(counts),
      margin:
        margins.length === 0
          ? null
          : {
              mean: margins.reduce((sum, margin) => sum + margin, 0) / margins.length,
              smallest: margins.reduce((least, margin) => Math.min(least, margin)),
            },
    };
  });
}
