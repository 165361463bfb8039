import type { PlotOptions } from '@observablehq/plot';
import { coActivation } from '../trace/co-activation.ts';
import type { RoutingTrace } from '../trace/routing-trace.ts';
import { cellsPlot } from './cells.ts';

/**
 * coActivationPlot: of the tokens of every expert, the share that each other one has too.
 * @param layer which, where the trace has several
 */
export function coActivationPlot(trace: RoutingTrace, layer?: string | number): PlotOptions {
  const shares = coActivation(trace, layer);
  return cellsPlot({
    rows: shares.map((_, e) => e),
    columns: shares.length,
    value: (row, column) => (row === column ? null : shares[row]![column]!),
    x: 'the other expert',
    y: 'expert',
  });
}
