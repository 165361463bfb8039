/**
 * Colours: one for each expert, the same in every picture of a run. Experts beyond the palette get lighter and darker
 * mixtures of the same twelve, and every picture writes the expert's number as well.
 */
import { colourOf, PALETTE } from '@tfjs-moe/core/palette';

const MIXTURES = ['', 'var(--paper) 45%', 'var(--ink) 45%'];

/** A CSS colour. */
export function expertColor(expert: number): string {
  const hue = colourOf(expert);
  const mixture = MIXTURES[Math.floor(expert / PALETTE.length) % MIXTURES.length];
  return mixture ? `color-mix(in oklab, ${hue}, ${mixture})` : hue;
}

/** How an expert is called. */
export function expertName(expert: number): string {
  return `expert ${expert + 1}`;
}
