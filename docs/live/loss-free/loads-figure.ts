/** The load of every expert over the steps, with what the reader did: `loadPlot` of the layer's plots. */
import { ruleX, text } from '@observablehq/plot';
import { loadPlot } from '@tfjs-moe/layers/plots';
import type { Draw } from '../draw.ts';
import { EXPERTS, type LossFreeRun, STEPS } from './run.ts';

/** Steps of which one column shows the mean. */
const COLUMN = 3;

export const loadsFigure: Draw<LossFreeRun> = ({ loads, events }, width) => {
  const plot = loadPlot(columns(loads));
  return {
    ...plot,
    width,
    height: 250,
    marginTop: 26,
    x: { ...plot.x, domain: [1, STEPS] },
    marks: [
      ...plot.marks!,
      ruleX(events, { x: 'step', stroke: 'currentColor', strokeWidth: 1.5 }),
      text(events, {
        x: 'step',
        frameAnchor: 'top',
        text: 'what',
        textAnchor: 'start',
        dx: 3,
        dy: -14,
        fill: 'currentColor',
      }),
    ],
  };
};

function columns(loads: LossFreeRun['loads']): { step: number; load: number[] }[] {
  return Array.from({ length: Math.ceil(loads.length / COLUMN) }, (_, i) => {
    const part = loads.slice(i * COLUMN, (i + 1) * COLUMN);
    const load = Array.from(
      { length: EXPERTS },
      (_, e) => part.reduce((sum, each) => sum + each[e]!, 0) / part.length,
    );
    return { step: i * COLUMN + 1, load };
  });
}
