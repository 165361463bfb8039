/**
 * A loss against n on logarithmic axes: medians, their quartile bands, the guides $n^{-1/2}$ and $n^{-1/4}$, and above them
 * what the arms are called, the slopes that were measured, and those that are claimed.
 *
 * Arms differ in colour and in symbol. What is no arm has the reader's text colour, so that a page can be light or dark.
 */
import { areaY, dot, line, type PlotOptions, plot, text } from '@observablehq/plot';
import { colourOf } from '@tfjs-moe/core/palette';
import { JSDOM } from 'jsdom';
import type { Curve } from './summarise.ts';
import { claimedText, slopeText } from './table.ts';

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const;
const GUIDES = [
  { slope: -1 / 2, label: 'n^-1/2' },
  { slope: -1 / 4, label: 'n^-1/4' },
];
const WIDTH = 720;
const HEIGHT = 400;
const ROW = 20;
/** Room above the rows of arms, for the title and their heading. */
const HEAD = 56;

export function rateFigure(title: string, label: string, curves: readonly Curve[]): string {
  const { document } = new JSDOM('').window;
  const shared = { document, width: WIDTH, style: look };
  const top = HEAD + ROW * curves.length;
  const legend = plot({ ...shared, ...legendOf(curves), height: top });
  const rates = plot({ ...shared, ...ratesOf(label, curves), height: HEIGHT });
  for (const part of [legend, rates]) part.removeAttribute('viewBox');
  rates.setAttribute('y', String(top));
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${top + HEIGHT}`);
  svg.setAttribute('width', String(WIDTH));
  svg.setAttribute('height', String(top + HEIGHT));
  svg.setAttribute('font-family', 'system-ui, sans-serif');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${title}, against n, for ${curves.map(({ arm }) => arm).join('; ')}`);
  const heading = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  for (const [name, value] of Object.entries({ x: 12, y: 20, 'font-size': 16, 'font-weight': 600 })) {
    heading.setAttribute(name, String(value));
  }
  heading.setAttribute('fill', 'currentColor');
  heading.textContent = title;
  svg.append(heading, legend, rates);
  return svg.outerHTML;
}

const look = { background: 'transparent', color: 'currentColor', fontSize: '13px' };

function symbolOf(index: number): (typeof SYMBOLS)[number] {
  return SYMBOLS[index % SYMBOLS.length]!;
}

/** One row per arm: its mark and name, the slope and its interval, the claim. */
function legendOf(curves: readonly Curve[]): PlotOptions {
  const row = (i: number) => HEAD - 4 + ROW * (i + 0.5);
  const start = { textAnchor: 'start', fill: 'currentColor' } as const;
  const columns = [
    { x: 28, of: ({ arm }: Curve) => arm, head: 'median and quartiles' },
    { x: 330, of: slopeText, head: 'slope, 95 % interval' },
    { x: 590, of: claimedText, head: 'claimed' },
  ];
  return {
    margin: 0,
    x: { domain: [0, WIDTH], range: [0, WIDTH], axis: null },
    y: { domain: [0, HEAD + ROW * curves.length], range: [0, HEAD + ROW * curves.length], axis: null },
    marks: [
      ...curves.map((_, i) => dot([i], { x: 16, y: row, fill: colourOf(i), symbol: symbolOf(i), r: 4.5 })),
      ...columns.flatMap(({ x, of, head }) => [
        text([head], { ...start, x, y: HEAD - 16, text: (words: string) => words, fillOpacity: 0.65 }),
        text(curves as Curve[], { ...start, x, y: (_: Curve, i: number) => row(i), text: of }),
      ]),
    ],
  };
}

function ratesOf(label: string, curves: readonly Curve[]): PlotOptions {
  const shown = curves.map(({ points }) =>
    points.filter(({ median, low, high }) => median > 0 && low > 0 && Number.isFinite(high)),
  );
  const marks = shown.flatMap((points, i) => {
    const fill = colourOf(i);
    return [
      areaY(points, { x: 'n', y1: 'low', y2: 'high', fill, fillOpacity: 0.15 }),
      line(points, { x: 'n', y: 'median', stroke: fill, strokeWidth: 1.5 }),
      dot(points, { x: 'n', y: 'median', fill, symbol: symbolOf(i), r: 4 }),
    ];
  });
  const sizes = [...new Set(shown.flatMap((points) => points.map(({ n }) => n)))].sort((a, b) => a - b);
  return {
    marginLeft: 72,
    marginRight: 64,
    marginBottom: 44,
    x: {
      type: 'log',
      label: 'n, observations',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: sizes,
      tickFormat: (n: number) => n.toLocaleString('en'),
    },
    y: { type: 'log', label, labelArrow: 'none', ticks: 5, tickFormat: '~g', grid: true },
    marks: [...guides(shown.flat()), ...marks],
  };
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
        dx: 8,
        fillOpacity: 0.8,
      }),
    ];
  });
}
