/** Who is responsible for which part of a plane: each expert's colour, stronger where its weight is larger. */
import { contour, dot, identity } from '@observablehq/plot';
import { points, range, sample } from './cells.ts';
import { type Draw, frame, grid } from './draw.ts';
import { gateWeights, type Mixture } from './mixture.ts';
import { expertColor } from './palette.ts';

const SIDE = 67;
/** Beyond the frame on every side, so that contours leave it instead of running along its edges. */
const outside = 0.2;
const [from, to] = [range[0] - outside, range[1] + outside];
const axis = grid(from, to, SIDE);
const inputs = axis.flatMap((v) => axis.map((u) => [u, v]));
const data = sample();
const raster = { width: SIDE, height: SIDE, x1: from, y1: from, x2: to, y2: to, value: identity, clip: true };

export interface RegionsFigure {
  /** Draws the border between two halves of the experts: the groups of a hierarchical gate. */
  readonly groups?: boolean;
}

export function regionsFigure({ groups = false }: RegionsFigure = {}): Draw<{ readonly mixture: Mixture }> {
  return ({ mixture }, width) => {
    const size = Math.min(width, 380);
    const weights = gateWeights(mixture, inputs);
    const half = mixture.experts / 2;
    const firstGroup = weights.map((row) => row.slice(0, half).reduce((sum, weight) => sum + weight, 0));
    return {
      ...frame(size, size),
      x: { domain: [...range], label: 'first input', ticks: 5 },
      y: { domain: [...range], label: 'second input', ticks: 5 },
      symbol: { range: ['circle', 'times', 'triangle', 'square'] },
      marks: [
        ...Array.from({ length: mixture.experts }, (_, e) =>
          contour(
            weights.map((row) => row[e]!),
            {
              ...raster,
              thresholds: [0.3, 0.5, 0.7, 0.9],
              fill: expertColor(e),
              fillOpacity: 0.22,
              stroke: 'none',
            },
          ),
        ),
        ...(groups
          ? [
              contour(firstGroup, {
                ...raster,
                thresholds: [0.5],
                stroke: 'currentColor',
                strokeWidth: 2.5,
                fill: 'none',
              }),
            ]
          : []),
        dot(data.slice(0, points), {
          x: (place) => place.at[0],
          y: (place) => place.at[1],
          symbol: 'cell',
          r: 2.6,
          stroke: 'currentColor',
          strokeOpacity: 0.55,
          strokeWidth: 1,
        }),
      ],
    };
  };
}
