/** How the tokens are shared among the experts over the steps of training, stacked to one. */
import { areaY, ruleX, text } from '@observablehq/plot';
import { type Draw, frame } from './draw.ts';
import { expertName, expertScale } from './palette.ts';
import type { Training } from './training.ts';

export interface LoadFigure<T> {
  readonly steps: number;
  /** Steps to mark with a vertical line, and what happened there. */
  readonly marks?: (state: T) => readonly { readonly step: number; readonly label: string }[];
}

export function loadFigure<T extends Training>({ steps, marks = () => [] }: LoadFigure<T>): Draw<T> {
  return (state, width) => ({
    ...frame(width, 180),
    x: { domain: [1, steps], label: 'step', ticks: 4 },
    y: { domain: [0, 1], label: 'share of the tokens', ticks: 3, tickFormat: '.0%' },
    color: { ...expertScale(state.mixture.experts), legend: false },
    marks: [
      areaY(shares(state), {
        x: 'step',
        y: 'share',
        z: 'expert',
        fill: 'expert',
        fillOpacity: 0.85,
        order: 'z',
      }),
      ruleX(marks(state), { x: 'step', stroke: 'currentColor', strokeWidth: 1.5 }),
      text(marks(state), {
        x: 'step',
        y: 1,
        text: 'label',
        textAnchor: 'start',
        dx: 5,
        dy: 11,
        fontWeight: 'bold',
        fill: 'white',
        stroke: '#0008',
        strokeWidth: 3,
      }),
    ],
  });
}

function shares({ loads }: Training): { step: number; expert: string; share: number }[] {
  return loads.flatMap((load, i) => {
    const total = load.reduce((sum, fraction) => sum + fraction, 0) || 1;
    return load.map((fraction, e) => ({ step: i + 1, expert: expertName(e), share: fraction / total }));
  });
}
