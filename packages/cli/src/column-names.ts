const OUTSIDE_QUOTES = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;

/** The names in `a,b,"c, d"`: between commas, in double quotes where a comma is in the name. */
export function columnNames(written: string): string[] {
  return written
    .split(OUTSIDE_QUOTES)
    .map((name) => name.trim())
    .map((name) => (/^".*"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name));
}
