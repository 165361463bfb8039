import type { PlotOptions } from '@observablehq/plot';
import type { RoutingTrace } from '../trace/routing-trace.ts';
import { specialisation } from '../trace/specialisation.ts';
import { cellsPlot } from './cells.ts';

/**
 * specialisationPlot: of the tokens of every label, the share that each expert has.
 * @param layer which, where the trace has several
 */
export function specialisationPlot(trace: RoutingTrace, layer?: string | number): PlotOptions {
  const { labels, shares } = specialisation(trace, layer);
  return cellsPlot({
    rows: labels,
    columns: shares[0]?.length ?? 0,
    value: (row, column) => shares[row]![column]!,
    x: 'expert',
    y: 'label',
  });
}
