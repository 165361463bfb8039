/** Colours and names of the experts, the same in every picture. */
import { colourOf } from '@tfjs-moe/core/palette';

export { colourOf as expertColor };

export function expertName(expert: number): string {
  return `expert ${expert + 1}`;
}

/** A scale for Observable Plot. */
export function expertScale(experts: number): { domain: string[]; range: string[] } {
  const all = Array.from({ length: experts }, (_, e) => e);
  return { domain: all.map(expertName), range: all.map(colourOf) };
}
