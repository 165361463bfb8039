import { axisFy, binX, type PlotOptions, rectY, ruleX } from '@observablehq/plot';
import { MoeError } from '@tfjs-moe/core';
import { callsByLayer } from '../trace/calls-by-layer.ts';
import { expectTrace, type RoutingTrace } from '../trace/routing-trace.ts';
import { CELL, frame } from './frame.ts';

/**
 * marginsPlot: how clear the choices were, layer by layer: how often the score of the last chosen expert was so much above
 * that of the best rejected one. What lies next to 0 is decided by the last digit.
 */
export function marginsPlot(trace: RoutingTrace): PlotOptions {
  const who = 'marginsPlot';
  const layers = callsByLayer(who, expectTrace(who, trace));
  const margins = layers.flatMap(({ layer, calls }) =>
    calls
      .flatMap((call) => call.margins ?? [])
      .filter((margin) => margin !== null && Number.isFinite(margin))
      .map((margin) => ({ layer: `${layer}`, margin: margin! })),
  );
  if (margins.length === 0) throw new MoeError(who, 'the trace must have margins');
  return frame({
    height: 60 + 110 * layers.length,
    marginRight: 84,
    x: { label: 'margin', nice: true },
    y: { label: 'tokens', grid: true, ticks: 4 },
    fy: { label: null, domain: layers.map(({ layer }) => `${layer}`) },
    marks: [
      axisFy({ fontWeight: 600 }),
      ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      rectY(
        margins,
        binX({ y: 'count' }, {
          x: 'margin',
          fy: 'layer',
          fill: CELL,
          fillOpacity: 0.75,
          thresholds: 30,
        } as never),
      ),
    ],
  });
}
