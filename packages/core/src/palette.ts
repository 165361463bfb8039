/**
 * Colours of experts, arms and classes, the same in every picture of every package and of the site: Okabe and Ito's six,
 * made to be told apart with any kind of colour vision (Color Universal Design, 2008), and six more, each the one that lies
 * farthest from those before it under the three simulations of Machado et al. (2009) and shows on light and dark paper.
 */

/** The twelve, in the order in which they are given out. */
export const PALETTE: readonly string[] = Object.freeze([
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#7f13ec',
  '#e0d185',
  '#8f4724',
  '#acd2b9',
  '#8771f4',
  '#595959',
]);

/** The colour of number `index`, from 0; after twelve they start again, so names belong beside them. */
export function colourOf(index: number): string {
  return PALETTE[index % PALETTE.length]!;
}
