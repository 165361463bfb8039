/** Letters and digits, small: what is left of a name when its style is taken off. */
export function lettersOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}
