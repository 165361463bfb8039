import type { PlotOptions } from '@observablehq/plot';

/**
 * What all pictures share: a size that fits a phone, and the text colour of the page, so that light and dark both work.
 */
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

/** A number at an axis: short, and 1880 without a comma, which would be no year. */
export function tick(value: number): string {
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(6));
  const isPlain = size === 0 || (size >= 1e-4 && size < 1e6);
  return (isPlain ? `${rounded}` : rounded.toExponential()).replaceAll('-', '−');
}

/** What stands under lines and between bars, and has to be seen through. */
export const faint = { fill: 'currentColor', fillOpacity: 0.12 } as const;

/** A line that is no estimate but what a right model would give. */
export const guide = { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '4 4' } as const;

/** Text on a picture, legible on top of lines. */
export const label = { fill: 'currentColor', stroke: 'var(--plot-background)', strokeWidth: 4 } as const;

/** At most `most` of the numbers from 0 to n - 1, evenly spread, both ends included. */
export function spread(n: number, most: number): number[] {
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (n - 1)) / Math.max(1, most - 1)));
}
