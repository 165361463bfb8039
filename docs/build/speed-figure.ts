/** Speed-ups over one or several contenders, as dots with their quartiles on a logarithmic axis. */
import { dot, gridX, link, plot, ruleX, text } from '@observablehq/plot';
import { colourOf } from '@tfjs-moe/core/palette';
import { JSDOM } from 'jsdom';
import { plainSvg } from '../live/plain-svg.ts';

export interface Bar {
  readonly name: string;
  /** Whose time is divided by ours. */
  readonly other: string;
  readonly speedup: number;
  readonly low: number;
  readonly high: number;
}

const WIDTH = 680;
/** Height of the name of a case, and of every contender below it. */
const [NAME, LINE] = [20, 15];

export function speedFigure(bars: readonly Bar[]): string {
  const { document } = new JSDOM('').window;
  const names = [...new Set(bars.map(({ name }) => name))];
  const others = [...new Set(bars.map(({ other }) => other))];
  const domain = [
    Math.min(0.4, ...bars.map(({ low }) => low)) * 0.9,
    Math.max(2.5, ...bars.map(({ high }) => high)) * 1.15,
  ];
  const ticks = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50].filter((at) => at >= domain[0]! && at <= domain[1]!);
  const row = NAME + LINE * others.length;
  const rows = bars.map((bar) => ({
    ...bar,
    y: row * names.indexOf(bar.name) + NAME + LINE * (others.indexOf(bar.other) + 0.4),
  }));
  const colour = (bar: Bar) => colourOf(others.indexOf(bar.other));
  const svg = plot({
    document,
    width: WIDTH,
    height: 44 + 20 * others.length + row * names.length,
    marginLeft: 8,
    marginRight: 40,
    marginTop: 30 + 20 * others.length,
    marginBottom: 8,
    style: { background: 'transparent', color: 'currentColor', fontSize: '13px' },
    x: { type: 'log', domain, axis: null },
    y: { domain: [0, row * names.length], axis: null, reverse: true },
    marks: [
      gridX(ticks, { strokeOpacity: 0.15 }),
      text(ticks, {
        x: (at: number) => at,
        frameAnchor: 'top',
        dy: -8,
        lineAnchor: 'bottom',
        text: (at: number) => `${at}×`,
      }),
      ruleX([1], { stroke: 'currentColor', strokeOpacity: 0.6 }),
      text(names, {
        x: domain[0]!,
        y: (_: string, i: number) => row * i + NAME / 2,
        text: (name: string) => name,
        textAnchor: 'start',
        fillOpacity: 0.8,
        fontSize: 12,
      }),
      link(rows, { x1: 'low', x2: 'high', y1: 'y', y2: 'y', stroke: colour, strokeWidth: 2 }),
      dot(rows, { x: 'speedup', y: 'y', r: 4.5, fill: colour, symbol: symbolOf(others) }),
      text(rows, {
        x: 'high',
        y: 'y',
        text: ({ speedup }: Bar) => `${speedup.toPrecision(speedup < 1 ? 2 : 3)}×`,
        textAnchor: 'start',
        dx: 7,
        fontSize: 11,
      }),
      ...others.flatMap((other, i) => [
        dot([0], {
          frameAnchor: 'top-left',
          dx: 6,
          dy: 20 * i - 20 * others.length - 18,
          r: 4.5,
          fill: colourOf(i),
          symbol: SYMBOLS[i % SYMBOLS.length]!,
        }),
        text([`as fast as ${other}`], {
          frameAnchor: 'top-left',
          dx: 18,
          dy: 20 * i - 20 * others.length - 24,
        }),
      ]),
    ],
  } as never);
  // Vue leaves styles out of what it makes of a page in the browser, and then takes the last part of the picture away.
  svg.querySelector('style')?.remove();
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `How many times as fast as ${others.join(', ')}: ${said(bars)}`);
  // A blank line would end the block of HTML in Markdown, and braces are Vue's.
  const html = plainSvg(svg.outerHTML).replace(/\n\s*/g, ' ');
  return `<figure class="speed" v-pre>${html}</figure>`;
}

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond'] as const;

function symbolOf(others: readonly string[]) {
  return ({ other }: Bar) => SYMBOLS[others.indexOf(other) % SYMBOLS.length]!;
}

function said(bars: readonly Bar[]): string {
  return bars.map(({ name, speedup }) => `${name} ${speedup.toPrecision(2)}`).join('; ');
}
