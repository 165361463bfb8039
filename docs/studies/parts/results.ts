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
  readonly slope?: Interval & {
    /** How many sizes it is of. */
    readonly sizes: number;
    /** How much steeper the upper half of the sizes is than the lower: 0 of a power of n. */
    readonly bend?: Interval;
    /** Of each truth, where there are several. */
    readonly ofTruths?: readonly number[];
  };
  readonly claim?: { readonly slope: number; readonly source: string };
  /** What the interval says of the claim. */
  readonly reading?: string;
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
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

/** The slope of an arm for a sentence, with its interval: `−0.51 [−0.55, −0.47]`. */
export function slopeOf(results: StudyResults, arm: string, loss: string): string {
  const { slope } = curveOf(results, arm, loss);
  if (slope === undefined) throw new Error(`${arm}, ${loss}: no slope`);
  return interval(slope);
}

export function interval({ value, low, high }: Interval): string {
  return `${fixed(value)} [${fixed(low)}, ${fixed(high)}]`;
}

/** What the interval of an arm says of its claim, for a sentence: `faster than claimed`. */
export function readingOf(results: StudyResults, arm: string, loss: string): string {
  const { reading } = curveOf(results, arm, loss);
  if (reading === undefined) throw new Error(`${arm}, ${loss}: nothing is claimed`);
  return words[reading] ?? reading;
}

const words: Readonly<Record<string, string>> = {
  faster: 'faster than claimed',
  slower: 'slower than claimed',
  bends: 'slower than claimed, in a line that bends',
  falls: 'a fall where none is claimed',
  'too few sizes': 'of too few sizes to tell',
};

/** All curves of a loss, for a sentence: `slopes from −0.53 to −0.51, 2 of 4 with an interval below −0.50`. */
export function slopesOf(results: StudyResults, loss: string, claimed: number): string {
  const slopes = results.curves.flatMap((curve) => (curve.loss === loss && curve.slope) || []);
  const values = slopes.map(({ value }) => value);
  const range = `${fixed(Math.min(...values))} to ${fixed(Math.max(...values))}`;
  const below = slopes.filter(({ high }) => high < claimed).length;
  const above = slopes.filter(({ low }) => low > claimed).length;
  const count = (of: number, where: string) =>
    `${of === slopes.length ? 'all' : `${of} of ${slopes.length}`} with an interval ${where} ${fixed(claimed)}`;
  const parts = [
    below > 0 ? count(below, 'below') : '',
    above > 0 ? count(above, 'above') : '',
    below + above < slopes.length ? count(slopes.length - below - above, 'that has') : '',
  ].filter(Boolean);
  return `slopes from ${range}, ${parts.join(' and ')}`;
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
