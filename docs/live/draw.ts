/** How a picture is described: the options of Observable Plot, for a state and a width in pixels. */
import type { PlotOptions } from '@observablehq/plot';

export type Draw<T> = (state: T, width: number) => PlotOptions;

/** What all pictures share. Text and axes take the colour of the page. */
export function frame(width: number, height: number): PlotOptions {
  return {
    width,
    height,
    marginTop: 26,
    marginRight: 14,
    marginBottom: 38,
    marginLeft: 44,
    style: { background: 'transparent', fontSize: '12px', overflow: 'visible' },
  };
}

/** `count` numbers from one end to the other, both included. */
export function grid(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}
