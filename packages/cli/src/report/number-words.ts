/** Seven digits, as R prints estimates. */
export function number(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e7 || size < 1e-4) ? value.toExponential(4) : value.toPrecision(7);
}

/** A p value. */
export function probability(p: number): string {
  return p < 2.2e-16 ? '< 2.2e-16' : p < 1e-4 ? p.toExponential(2) : p.toFixed(4);
}

/** The ends of an interval, as R's `confint` calls them. */
export function intervalHeadings(level: number): [low: string, high: string] {
  const named = (part: number) => `${Number((100 * part).toPrecision(6))} %`;
  return [named(0.5 - level / 2), named(0.5 + level / 2)];
}
