/** The data, the experts' lines, strong where the gate uses them, and the mixture. */
import { dot, line, lineY } from '@observablehq/plot';
import { type Draw, frame, grid } from '../draw.ts';
import { expertOutputs, gateWeights, predict } from '../mixture.ts';
import { expertName, expertScale } from '../palette.ts';
import type { Training } from '../training.ts';
import { range, sample } from './problem.ts';

const { x, y } = sample();
const data = x.map((at, i) => ({ x: at, y: y[i]! }));
const places = grid(...range, 181);
const inputs = places.map((at) => [at]);

export const fitFigure: Draw<Training> = ({ mixture }, width) => {
  const outputs = expertOutputs(mixture, inputs);
  const weights = gateWeights(mixture, inputs);
  const lines = Array.from({ length: mixture.experts }, (_, e) =>
    places.map((at, t) => ({
      x: at,
      expert: expertName(e),
      y: outputs[t]![e]!,
      used: weights[t]![e]! > 0.1 ? outputs[t]![e]! : Number.NaN,
    })),
  ).flat();
  return {
    ...frame(width, 260),
    x: { domain: [...range], label: 'x' },
    y: { domain: [-1.6, 1.6], label: 'y', grid: true, ticks: 5 },
    color: expertScale(mixture.experts),
    marks: [
      dot(data, { x: 'x', y: 'y', r: 1.8, fill: 'currentColor', fillOpacity: 0.35 }),
      line(lines, {
        x: 'x',
        y: 'y',
        z: 'expert',
        stroke: 'expert',
        strokeOpacity: 0.3,
        strokeDasharray: '3 3',
        clip: true,
      }),
      line(lines, {
        x: 'x',
        y: 'used',
        z: 'expert',
        stroke: 'expert',
        strokeWidth: 4,
        strokeOpacity: 0.75,
        clip: true,
      }),
      lineY(predict(mixture, inputs), { x: places, strokeWidth: 1.8, clip: true }),
    ],
  };
};
