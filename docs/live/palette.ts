/**
 * Colours of the experts, the same in every picture: Okabe and Ito's palette, made to be told apart with any kind of
 * colour vision (Color Universal Design, 2008).
 */
const colors = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9'] as const;

export function expertColor(expert: number): string {
  return colors[expert % colors.length]!;
}

export function expertName(expert: number): string {
  return `expert ${expert + 1}`;
}

/** A scale for Observable Plot. */
export function expertScale(experts: number): { domain: string[]; range: string[] } {
  const all = Array.from({ length: experts }, (_, e) => e);
  return { domain: all.map(expertName), range: all.map(expertColor) };
}
