/**
 * The curves of a study as a text table, one line per arm, loss and size, and one per slope.
 */
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

/** `slope -0.51 [-0.55, -0.47]; claimed -0.5 (Theorem 1, arXiv:...)`. */
export function slopeSentence({ slope, claim }: Curve): string {
  const measured = slope
    ? `slope ${slope.value.toFixed(3)} [${slope.low.toFixed(3)}, ${slope.high.toFixed(3)}]`
    : 'no slope: fewer than two sizes, or a median of 0';
  if (claim === undefined) return measured;
  return `${measured}; claimed ${claim.slope} (${claim.source})${claim.remark ? `. ${claim.remark}` : ''}`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(2)
    : value.toPrecision(4);
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i] as number)).join('  ')).join('\n');
}
