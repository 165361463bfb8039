/** The loss over the steps of training. */
import { lineY, ruleY, text } from '@observablehq/plot';
import { type Draw, frame } from './draw.ts';
import type { Training } from './training.ts';

export interface LossFigure {
  readonly label: string;
  /** Number of steps of a whole run, so that the axis does not move. */
  readonly steps: number;
  /** Ends of the axis. */
  readonly domain: readonly [number, number];
  /** A level to compare with. */
  readonly floor?: { readonly value: number; readonly label: string };
}

export function lossFigure({ label, steps, domain, floor }: LossFigure): Draw<Pick<Training, 'losses'>> {
  return ({ losses }, width) => ({
    ...frame(width, 165),
    x: { domain: [1, steps], label: 'step', ticks: 4 },
    y: {
      type: 'log',
      domain: [...domain],
      label,
      grid: true,
      ticks: powersOfTen(domain),
      tickFormat: '~g',
      clamp: true,
    },
    marks: [
      ...(floor === undefined
        ? []
        : [
            ruleY([floor.value], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '4 3' }),
            text([floor.label], {
              x: 1,
              y: floor.value,
              textAnchor: 'start',
              dx: 6,
              dy: -7,
              fillOpacity: 0.7,
            }),
          ]),
      lineY(losses, { x: (_: number, i: number) => i + 1, y: (loss: number) => loss, strokeWidth: 1.5 }),
    ],
  });
}

function powersOfTen([from, to]: readonly [number, number]): number[] {
  const [first, last] = [Math.ceil(Math.log10(from)), Math.floor(Math.log10(to))];
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}
