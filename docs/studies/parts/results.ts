/** The committed results of a study: what `moe study report --json` prints. */
export interface StudyResults {
  readonly study: string;
  readonly title: string;
  /** Of the configuration that they were run with. */
  readonly fingerprint: string;
  readonly sizes: readonly number[];
  readonly replicates: number;
  readonly seed: number;
  readonly curves: readonly Curve[];
}

export interface Curve {
  readonly arm: string;
  /** The loss in words. */
  readonly label: string;
  readonly loss: string;
  readonly points: readonly Point[];
  readonly slope?: { readonly value: number; readonly low: number; readonly high: number };
  readonly claim?: { readonly slope: number; readonly source: string };
}

export interface Point {
  readonly n: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly fits: number;
  readonly failed: number;
  readonly unconverged: number;
}

/** Slopes within this of a claim are as claimed: n is finite, and so are logarithms. */
const NEAR = 0.05;
/** A slope whose interval reaches this is no fall. */
const FLAT = -0.1;

/** An interval as wide as this says nothing. */
const UNDECIDED = 0.5;

/** What a slope says of its claim. Rates of papers are upper bounds, so a faster fall is no contradiction. */
export function verdict({ slope, claim }: Curve): string {
  if (claim === undefined || slope === undefined) return '';
  if (slope.high - slope.low > UNDECIDED) return 'undecided';
  if (claim.slope === 0) return slope.high >= FLAT ? 'as claimed' : 'falls';
  if (slope.low <= claim.slope + NEAR && slope.high >= claim.slope - NEAR) return 'as claimed';
  return slope.value < claim.slope ? 'faster' : 'slower';
}

export function claimed({ claim }: Curve): string {
  if (claim === undefined) return '';
  return claim.slope === 0 ? 'no power of n' : fixed(claim.slope);
}

/** With a minus sign of its own. */
export function fixed(value: number): string {
  return value
    .toFixed(2)
    .replace(/^-0\.00$/, '0.00')
    .replace('-', '−');
}

/** The slope of an arm for a sentence: `−0.51`. */
export function slopeOf(results: StudyResults, arm: string, loss: string): string {
  const { slope } = curveOf(results, arm, loss);
  if (slope === undefined) throw new Error(`${arm}, ${loss}: no slope`);
  return fixed(slope.value);
}

/** A median, upper quartile or mean for a sentence. */
export function valueAt(
  results: StudyResults,
  arm: string,
  loss: string,
  n: number,
  of: 'median' | 'high' | 'mean' = 'median',
): string {
  const point = curveOf(results, arm, loss).points.find((one) => one.n === n);
  if (point === undefined) throw new Error(`${arm}, ${loss}: no size ${n}`);
  return of === 'mean' ? point.mean.toPrecision(3) : short(point[of]);
}

export function short(value: number): string {
  return value < 1e-3
    ? value.toExponential(1).replace('e-', '·10⁻').replace(/\d+$/, superscript)
    : value.toPrecision(2);
}

function superscript(digits: string): string {
  return [...digits].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
}

function curveOf({ study, curves }: StudyResults, arm: string, loss: string): Curve {
  const curve = curves.find((one) => one.arm === arm && one.loss === loss);
  if (curve === undefined) throw new Error(`${study} has no ${arm}, ${loss}`);
  return curve;
}
