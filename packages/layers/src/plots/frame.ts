import type { PlotOptions, ScaleOptions } from '@observablehq/plot';
import { colourOf } from '@tfjs-moe/core/palette';

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

/** The most lines that can be told apart where they cross. */
export const DISTINCT = 7;

/** What cells are filled with, more or less. */
export const CELL: string = colourOf(0);

/** A colour for every name. */
export function colourScale(names: readonly (string | number)[]): ScaleOptions {
  return { type: 'categorical', domain: [...names], range: names.map((_, i) => colourOf(i)) };
}

/** Numbers from 0 to n - 1, thinned where they would stand on top of each other. */
export function ticksOf(n: number, most: number): number[] {
  const step =
    [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128].find((each) => n / each <= most) ?? Math.ceil(n / most);
  return Array.from({ length: Math.ceil(n / step) }, (_, i) => i * step);
}
