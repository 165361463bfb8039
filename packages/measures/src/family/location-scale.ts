import type { Family } from './family.ts';
import { varianceOf } from './spread.ts';

/** What laws of $(y - h) / s$ have in common, with the scale s under its name. */
export function locationScale(
  name: string,
): Pick<
  Family,
  | 'link'
  | 'isDiscrete'
  | 'support'
  | 'isLocationScale'
  | 'dispersion'
  | 'expectResponse'
  | 'spreadOf'
  | 'onLinkScale'
> {
  return {
    link: 'identity',
    isDiscrete: false,
    support: 'numbers',
    isLocationScale: true,
    dispersion: {
      name,
      degenerate: 'low',
      bounds: (variance, least) => [Math.sqrt(least * variance), Infinity],
    },
    expectResponse: () => undefined,
    spreadOf: varianceOf,
    onLinkScale: ({ response }) => response,
  };
}
