/** Colours of experts and classes, after which they start again; curves carry their names too. */
import type { ScaleOptions } from '@observablehq/plot';
import { colourOf } from '@tfjs-moe/core/palette';

/** What experts are called in every picture. */
export function expertName(expert: number): string {
  return `expert ${expert + 1}`;
}

/** A colour for every name. */
export function colourScale(names: readonly string[]): ScaleOptions {
  return {
    type: 'categorical',
    domain: [...names],
    range: names.map((_, i) => colourOf(i)),
  };
}
