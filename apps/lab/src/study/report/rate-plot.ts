/**
 * Losses against n on logarithmic axes: medians, their quartile bands, and the guides $n^{-1/2}$ and $n^{-1/4}$.
 */
import { areaY, dot, line, plot, text } from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import type { Curve } from './summarise.ts';

/** Okabe and Ito's palette, made to be told apart with any kind of colour vision. */
const HUES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f'];
const GUIDES = [
  { slope: -1 / 2, label: 'n^-1/2' },
  { slope: -1 / 4, label: 'n^-1/4' },
];

/** An SVG of its own, for the curves of one loss. Colours that are not the curves' are the reader's text colour. */
export function ratePlot(loss: string, curves: readonly Curve[]): string {
  const { document } = new JSDOM('').window;
  const shown = curves.map(({ arm, points }) => ({
    arm,
    points: points.filter(({ median, low, high }) => median > 0 && low > 0 && Number.isFinite(high)),
  }));
  const marks = shown.flatMap(({ points }, i) => {
    const colour = HUES[i % HUES.length] as string;
    return [
      areaY(points, { x: 'n', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.15 }),
      line(points, { x: 'n', y: 'median', stroke: colour, strokeWidth: 1.5 }),
      dot(points, { x: 'n', y: 'median', fill: colour, r: 3 }),
    ];
  });
  const svg = plot({
    document,
    width: 640,
    height: 400,
    marginLeft: 64,
    marginRight: 64,
    x: { type: 'log', label: 'n', tickFormat: '~s', nice: true },
    y: { type: 'log', label: `${loss} (median, quartiles)`, tickFormat: '~g', grid: true },
    style: { background: 'transparent', color: 'currentColor', fontSize: '13px' },
    marks: [...marks, ...guides(shown.flatMap(({ points }) => points))],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${loss} against n for ${curves.map(({ arm }) => arm).join(', ')}`);
  return svg.outerHTML;
}

export function armColour(index: number): string {
  return HUES[index % HUES.length] as string;
}

/** Dashed lines of the given slopes, from the middle of the smallest size's medians. */
function guides(points: readonly { readonly n: number; readonly median: number }[]) {
  const sizes = points.map(({ n }) => n);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  if (!(most > least)) return [];
  const first = points.filter(({ n }) => n === least).map(({ median }) => Math.log(median));
  const start = Math.exp(first.reduce((sum, value) => sum + value, 0) / first.length);
  return GUIDES.flatMap(({ slope, label }) => {
    const ends = [
      { n: least, y: start },
      { n: most, y: start * (most / least) ** slope },
    ];
    return [
      line(ends, { x: 'n', y: 'y', stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '4 4' }),
      text(ends.slice(1), {
        x: 'n',
        y: 'y',
        text: () => label,
        textAnchor: 'start',
        dx: 6,
        fillOpacity: 0.7,
      }),
    ];
  });
}
