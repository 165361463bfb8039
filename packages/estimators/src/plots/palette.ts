/**
 * Colours of experts and classes: Okabe and Ito's palette, made to be told apart with any kind of colour vision (Color
 * Universal Design, 2008), and grey. After seven they start again; curves carry their names too.
 */
import type { ScaleOptions } from '@observablehq/plot';

const HUES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f'] as const;

/** What experts are called in every picture. */
export function expertName(expert: number): string {
  return `expert ${expert + 1}`;
}

/** A colour for every name. */
export function colourScale(names: readonly string[]): ScaleOptions {
  return {
    type: 'categorical',
    domain: [...names],
    range: names.map((_, i) => HUES[i % HUES.length]!),
  };
}
