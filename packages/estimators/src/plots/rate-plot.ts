import { dot, line, type Markish, type PlotOptions, text } from '@observablehq/plot';
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { colourOf } from '@tfjs-moe/core/palette';
import { areLosses, type LossAt, type RateSlope, rateSlope } from '../rates/rate-slope.ts';
import { frame, guide, label } from './frame.ts';

/** Losses of one kind, such as those of the function or of the parameters. */
export interface RateCurve {
  readonly name: string;
  readonly losses: readonly LossAt[];
}

/** Options of `ratePlot`. */
export interface RatePlotOptions {
  /** What is on the axis of losses. Default `distance to the truth`. */
  readonly label?: string;
  /** Sizes that the axis reaches from the start: of an experiment that still runs. Default those of the losses. */
  readonly sizes?: readonly number[];
  /** Powers of n that are drawn dashed, from where the first curve begins. Default -1/2 and -1/4. */
  readonly guides?: readonly number[];
}

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'times'] as const;

/**
 * ratePlot: losses of fits against the number of observations, on logarithmic axes: a dot for every fit, the line through
 * them with its slope, and guides. Curves differ in colour and symbol. It can be drawn again as fits arrive: dots fall, and
 * from three of two sizes on there is a line.
 */
export function ratePlot(curves: readonly RateCurve[], options: RatePlotOptions = {}): PlotOptions {
  const who = 'ratePlot';
  if (!Array.isArray(curves) || !curves.every((curve?: RateCurve) => areLosses(curve?.losses)))
    throw new MoeError(who, 'curves must be an array of { name, losses }', curves);
  expectKnownOptions(who, options, ['label', 'sizes', 'guides']);
  const shown = (curves as readonly RateCurve[]).map(({ name, losses }) => ({
    name,
    losses: losses.filter(({ n, loss }) => n > 0 && loss > 0 && Number.isFinite(loss)),
    slope: rateSlope(losses),
  }));
  const sizes = [
    ...new Set([...(options.sizes ?? []), ...shown.flatMap(({ losses }) => losses.map(({ n }) => n))]),
  ].sort((a, b) => a - b);
  const [least = 1, most = 10] = [sizes[0], sizes.at(-1)];
  const ends = [least, most];
  const at = { x: 'n', y: 'loss' } as const;
  return frame({
    height: 300,
    marginTop: 20 + 18 * shown.length,
    marginRight: 56,
    x: {
      type: 'log',
      domain: ends,
      label: 'n, observations',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: sizes,
      tickFormat: (n: number) => `${n}`,
    },
    y: {
      type: 'log',
      label: options.label ?? 'distance to the truth',
      labelArrow: 'none',
      ticks: 5,
      tickFormat: '~g',
      grid: true,
    },
    marks: [
      ...(options.guides ?? [-1 / 2, -1 / 4]).flatMap((power) => guideOf(shown, ends, power)),
      ...shown.flatMap(({ losses, slope }, i): Markish[] => {
        const fill = colourOf(i);
        return [
          dot(losses, { ...at, fill, symbol: SYMBOLS[i % SYMBOLS.length]!, r: 3, fillOpacity: 0.6 }),
          ...(slope === undefined
            ? []
            : [
                line(
                  ends.map((n) => ({ n, loss: lossAt(slope, n) })),
                  { ...at, stroke: fill, strokeWidth: 2 },
                ),
              ]),
        ];
      }),
      ...shown.map(({ name, slope }, i) =>
        text([name], {
          ...{
            frameAnchor: 'top-left',
            dy: -18 * (shown.length - i),
            dx: 8,
            fill: colourOf(i),
            fontWeight: 600,
          },
          text: () => (slope === undefined ? name : `${name}: ${slopeText(slope)}`),
        }),
      ),
    ],
  });
}

const lossAt = ({ intercept, value }: RateSlope, n: number): number =>
  10 ** (intercept + value * Math.log10(n));

function slopeText({ value, low, high }: RateSlope): string {
  const said = (number: number) => number.toFixed(2).replace('-', '−');
  return `n^${said(value)}, 95 %: ${said(low)} to ${said(high)}`;
}

/** A dashed line of a slope, from the middle of the losses of the first curve at its smallest size. */
function guideOf(
  curves: readonly Pick<RateCurve, 'losses'>[],
  [least, most]: readonly number[],
  power: number,
): Markish[] {
  const first = curves[0]?.losses.filter(({ n }) => n === least).map(({ loss }) => Math.log(loss)) ?? [];
  if (first.length === 0) return [];
  const start = Math.exp(first.reduce((sum, value) => sum + value, 0) / first.length);
  const ends = [
    { n: least!, loss: start },
    { n: most!, loss: start * (most! / least!) ** power },
  ];
  return [
    line(ends, { x: 'n', y: 'loss', ...guide }),
    text(ends.slice(1), {
      ...{ x: 'n', y: 'loss', text: () => powerText(power), textAnchor: 'start', dx: 6 },
      ...label,
    }),
  ];
}

/** `n^−1/2` where the power has a name, `n^−0.3` otherwise. */
function powerText(power: number): string {
  const parts = [2, 3, 4, 6, 8].find((below) => Math.abs(power * below + 1) < 1e-9);
  return parts === undefined ? `n^${power}`.replace('-', '−') : `n^−1/${parts}`;
}
