/** A fraction in lowest terms, the lower part positive. */
export type Ratio = readonly [above: number, below: number];

const MOST = 12;
const CLOSE = 1e-10;

/** The fraction of two numbers up to 12 that a number is, but for rounding; nothing where it is none. */
export function simpleRatio(value: number): Ratio | undefined {
  for (let below = 1; below <= MOST; below++) {
    const above = Math.round(value * below);
    if (above === 0 || Math.abs(above) > MOST) continue;
    if (Math.abs(value * below - above) <= CLOSE * Math.abs(above)) return [above, below];
  }
  return undefined;
}
