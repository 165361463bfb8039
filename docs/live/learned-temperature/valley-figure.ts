/** Two maps of the distance to the truth, over the scale of the scores and the temperature. */
import { contour, dot, identity, text } from '@observablehq/plot';
import { type Draw, frame } from '../draw.ts';
import { expertColor } from '../palette.ts';
import { ENDS, SIDE, type Valley } from './valley.ts';

/** $\log_{10}$ of a distance that is rounding and nothing else. */
const NONE = -12;
const thresholds = [-3, -2.5, -2, -1.5, -1, -0.5];
const raster = {
  width: SIDE,
  height: SIDE,
  x1: ENDS[0],
  y1: ENDS[0],
  x2: ENDS[1],
  y2: ENDS[1],
  value: identity,
};
const power = (exponent: number) => (exponent < 0 ? `1/${2 ** -exponent}` : `${2 ** exponent}`);

export function valleyFigure(): Draw<{ readonly valley: Valley; readonly marks: boolean }> {
  return ({ valley, marks }, width) => {
    const size = Math.min(width, 320);
    const places = marks
      ? [
          { x: 0, y: 0, name: 'A' },
          { x: 1, y: 1, name: 'B' },
        ]
      : [{ x: 0, y: 0, name: 'A' }];
    const at = (i: number) => ENDS[0] + ((ENDS[1] - ENDS[0]) * i) / (SIDE - 1);
    const same = valley.distance.flatMap((distance, i) =>
      distance <= NONE ? [{ x: at(i % SIDE), y: at(Math.floor(i / SIDE)) }] : [],
    );
    return {
      ...frame(size, size),
      x: { domain: [...ENDS], label: 'scores multiplied by c', tickFormat: power, ticks: 5 },
      y: { domain: [...ENDS], label: `temperature, ${valley.router}`, tickFormat: power, ticks: 5 },
      marks: [
        contour(valley.distance as number[], {
          ...raster,
          thresholds,
          fill: 'none',
          stroke: 'currentColor',
          strokeOpacity: 0.35,
        }),
        // Places of the grid where the function is that of the truth.
        dot(same, { x: 'x', y: 'y', r: 2.5, fill: expertColor(3) }),
        dot(places, { x: 'x', y: 'y', r: 5, fill: expertColor(0) }),
        text(places, { x: 'x', y: 'y', text: 'name', dx: 10, dy: 9, fontWeight: 'bold' }),
      ],
    };
  };
}
