/**
 * Colours: one for each expert, the same in every picture of a run.
 *
 * Okabe and Ito's palette, made to be told apart with any kind of colour vision (Color Universal Design, 2008), its black
 * replaced by a grey that shows on dark paper too. Later experts get lighter and darker mixtures of the same eight, and
 * every picture writes the expert's number as well.
 */
const HUES = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#f0e442', '#7f7f7f'];
const MIXTURES = ['', 'var(--paper) 45%', 'var(--ink) 45%'];

/** A CSS colour. */
export function expertColor(expert: number): string {
  const hue = HUES[expert % HUES.length]!;
  const mixture = MIXTURES[Math.floor(expert / HUES.length) % MIXTURES.length];
  return mixture ? `color-mix(in oklab, ${hue}, ${mixture})` : hue;
}

/** How an expert is called. */
export function expertName(expert: number): string {
  return `expert ${expert + 1}`;
}
