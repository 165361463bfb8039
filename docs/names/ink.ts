/** Black or white: whichever is easier to read on a colour. */
export function inkOn(colour: string): string {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  // Where the contrast with white is that with black.
  return luminance > 0.1791 ? '#000000' : '#ffffff';
}
