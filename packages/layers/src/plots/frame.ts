import type { PlotOptions, ScaleOptions } from '@observablehq/plot';

/** What all pictures share: a size that fits a phone, and the text colour of the page, so that light and dark both work. */
export function frame(options: PlotOptions): PlotOptions {
  return {
    width: 480,
    height: 300,
    marginLeft: 56,
    marginRight: 16,
    marginBottom: 44,
    style: { background: 'transparent', color: 'currentColor', fontSize: '13px' },
    ...options,
  };
}

/** A line that says what an even routing would give. */
export const guide = { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '4 4' } as const;

/** Text on a picture, legible on top of lines. */
export const label = { fill: 'currentColor', stroke: 'var(--plot-background)', strokeWidth: 4 } as const;

/** Okabe and Ito's colours, which any kind of colour vision tells apart, and grey. After seven they start again. */
const HUES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f'] as const;

/** The most lines that can be told apart. */
export const DISTINCT: number = HUES.length;

/** What cells are filled with, more or less. */
export const CELL: string = HUES[0];

/** A colour for every name. */
export function colourScale(names: readonly (string | number)[]): ScaleOptions {
  return { type: 'categorical', domain: [...names], range: names.map((_, i) => HUES[i % HUES.length]!) };
}

/** Numbers from 0 to n - 1, thinned where they would stand on top of each other. */
export function ticksOf(n: number, most: number): number[] {
  const step =
    [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128].find((each) => n / each <= most) ?? Math.ceil(n / most);
  return Array.from({ length: Math.ceil(n / step) }, (_, i) => i * step);
}
