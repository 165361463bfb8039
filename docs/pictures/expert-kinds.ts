/** What one expert of each kind can draw: a few of them with drawn parameters, over one input. */
import { frame, line, type PlotOptions, ruleY, text } from '@observablehq/plot';
import { type Expert, paramSize, stream } from '@tfjs-moe/core';
import { colourOf } from '@tfjs-moe/core/palette';
import { constant, ffn, gatedFfn, linear, polynomial } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { drawnMeasure, expertMeans } from '@tfjs-moe/measures';

const kinds: readonly (readonly [string, () => Expert])[] = [
  ['constant', () => constant()],
  ['linear', () => linear()],
  ['polynomial, degree 2', () => polynomial({ degree: 2 })],
  ['ffn, 1 tanh unit', () => ffn({ hiddenUnits: 1, activation: 'tanh' })],
  ['ffn, 8 tanh units', () => ffn({ hiddenUnits: 8, activation: 'tanh' })],
  ['ffn, 8 relu units', () => ffn({ hiddenUnits: 8, activation: 'relu' })],
  ['gatedFfn, 8 units', () => gatedFfn({ hiddenUnits: 8 })],
];

/** Experts of each kind that are shown. */
const SHOWN = 4;
const PLACES = 81;

export interface ExpertLine {
  readonly kind: string;
  readonly expert: number;
  readonly x: number;
  readonly y: number;
}

/** Every line at every place, scaled kind by kind so that shapes can be compared. */
export function expertLines(): ExpertLine[] {
  const rows = Array.from({ length: PLACES }, (_, i) => [(4 * i) / (PLACES - 1) - 2]);
  return kinds.flatMap(([kind, make]) => {
    const random = stream(7, 'pictures/expert', kind);
    const shape = { gate: softmax(), expert: make(), inputDim: 1, experts: SHOWN };
    const measure = drawnMeasure(shape, (spec) =>
      Array.from({ length: paramSize(spec) * spec.copies }, () => 1.2 * random.normal()),
    );
    const means = expertMeans(measure, rows);
    const reach = means.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    return Array.from(means, (value, i) => ({
      ...{ kind, expert: i % SHOWN, x: rows[Math.floor(i / SHOWN)]![0]!, y: value / reach },
    }));
  });
}

export function expertKindsPlot(lines: readonly ExpertLine[]): PlotOptions {
  // In rows of four, so that a phone can show them.
  const place = new Map(kinds.map(([kind], i) => [kind, i]));
  const column = ({ kind }: ExpertLine) => place.get(kind)! % 4;
  const row = ({ kind }: ExpertLine) => Math.floor(place.get(kind)! / 4);
  const titles = kinds.map(([kind], i) => ({ kind, column: i % 4, row: Math.floor(i / 4) }));
  return {
    ...{ width: 680, height: 330, marginLeft: 8, marginRight: 8, marginTop: 24, marginBottom: 8 },
    style: { background: 'transparent', fontSize: '12px', overflow: 'visible' },
    ...{ x: { axis: null }, y: { axis: null, domain: [-1.1, 1.1] } },
    ...{ fx: { axis: null, padding: 0.06 }, fy: { axis: null, padding: 0.18 } },
    marks: [
      frame({ strokeOpacity: 0.2 }),
      ruleY([0], { strokeOpacity: 0.15 }),
      line(lines, {
        ...{ x: 'x', y: 'y', fx: column, fy: row, z: 'expert' },
        ...{ stroke: ({ expert }: ExpertLine) => colourOf(expert), strokeWidth: 2 },
      }),
      text(titles, { text: 'kind', fx: 'column', fy: 'row', frameAnchor: 'top', dy: -16 }),
    ],
  };
}
