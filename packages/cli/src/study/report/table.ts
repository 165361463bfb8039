/**
 * The curves of a study as a text table, one line per arm, loss and size, and one per slope.
 */
import type { CurveSlope, Slope } from './slope.ts';
import type { Curve } from './summarise.ts';

export function curveTable(curves: readonly Curve[]): string {
  return curves
    .map((curve) =>
      [
        `${curve.arm}, ${curve.loss}`,
        columns([
          ['n', 'median', '25 %', '75 %', 'mean', 'fits', 'failed', 'not converged'],
          ...curve.points.map(({ n, median, low, high, mean, fits, failed, unconverged }) => [
            String(n),
            ...[median, low, high, mean].map(number),
            ...[fits, failed, unconverged].map(String),
          ]),
        ]),
        slopeSentence(curve),
      ].join('\n'),
    )
    .join('\n\n');
}

/** `slope -0.51 [-0.55, -0.47]; claimed n^-1/2 (Theorem 1, arXiv:...)`. */
export function slopeSentence(curve: Curve): string {
  const { slope, claim, reading } = curve;
  const measured = slope
    ? `slope ${slopeText(curve)}${circumstances(slope)}`
    : 'no slope: fewer than two sizes, or a median of 0';
  if (claim === undefined) return measured;
  const found = reading === undefined ? '' : `: ${reading}`;
  return `${measured}; claimed ${claimedText(curve)} (${claim.source})${found}${claim.remark ? `. ${claim.remark}` : ''}`;
}

/** `-0.51 [-0.55, -0.47]`. */
export function slopeText({ slope }: Curve): string {
  if (!slope) return '-';
  return interval(slope);
}

function interval({ value, low, high }: Slope): string {
  return `${fixed(value)} [${fixed(low)}, ${fixed(high)}]`;
}

/** What a reader needs to know of a slope: how many sizes it is of, whether the line bends, and how truths differ. */
function circumstances({ sizes, bend, ofTruths }: CurveSlope): string {
  if (sizes < 3) return ', of two sizes: too few to tell a power of n from anything else';
  return [
    bend && (bend.low > 0 || bend.high < 0) ? `, bends by ${interval(bend)}` : '',
    ofTruths && ofTruths.length > 1
      ? `, of truths ${fixed(Math.min(...ofTruths))} to ${fixed(Math.max(...ofTruths))}`
      : '',
  ].join('');
}

function fixed(value: number): string {
  return value.toFixed(2).replace('-0.00', '0.00');
}

/** `n^-1/2`, or that it is no power of n; nothing where nothing is claimed. */
export function claimedText({ claim }: Pick<Curve, 'claim'>): string {
  if (claim === undefined) return '';
  if (claim.slope === 0) return 'no power of n';
  const inverse = -1 / claim.slope;
  return Number.isInteger(inverse) ? `n^-1/${inverse}` : `n^${claim.slope}`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(2)
    : value.toPrecision(4);
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join('  ')).join('\n');
}
