/** The weights of the experts over the input, stacked: they sum to one. */
import { areaY } from '@observablehq/plot';
import { type Draw, frame, grid } from '../draw.ts';
import { gateWeights } from '../mixture.ts';
import { expertName, expertScale } from '../palette.ts';
import type { Training } from '../training.ts';
import { range } from './problem.ts';

const places = grid(...range, 181);

export const gateFigure: Draw<Training> = ({ mixture }, width) => {
  const weights = gateWeights(
    mixture,
    places.map((at) => [at]),
  );
  const areas = weights.flatMap((row, t) =>
    row.map((weight, e) => ({ x: places[t]!, expert: expertName(e), weight })),
  );
  return {
    ...frame(width, 125),
    x: { domain: [...range], label: 'x' },
    y: { domain: [0, 1], label: 'weight', ticks: 2 },
    color: expertScale(mixture.experts),
    marks: [
      areaY(areas, { x: 'x', y: 'weight', z: 'expert', fill: 'expert', fillOpacity: 0.85, order: 'z' }),
    ],
  };
};
