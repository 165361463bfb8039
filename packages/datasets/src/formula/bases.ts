/**
 * Orthogonal polynomials with their coefficients, so that new values are read by the recurrence of the old ones.
 */
export interface PolynomialBasis {
  readonly type: 'poly';
  /** Centres and squared norms of R's three-term recurrence; none where powers are raw. */
  readonly alpha: readonly number[];
  readonly norm2: readonly number[];
  readonly degree: number;
}

/** Splines with their knots. */
export interface SplineBasis {
  readonly type: 'bs' | 'ns';
  readonly degree: number;
  readonly knots: readonly number[];
  readonly boundary: readonly [number, number];
  readonly intercept: boolean;
}

/** The recurrence of the polynomials that are orthogonal at these values. */
export function orthogonalPolynomials(values: readonly number[], degree: number): PolynomialBasis {
  const alpha: number[] = [];
  const norm2 = [values.length];
  let before = values.map(() => 0);
  let last = values.map(() => 1);
  for (let d = 0; d < degree; d++) {
    const norm = norm2[d]!;
    const centre = values.reduce((sum, x, i) => sum + x * last[i]! ** 2, 0) / norm;
    const ratio = d === 0 ? 0 : norm / norm2[d - 1]!;
    const next = values.map((x, i) => (x - centre) * last[i]! - ratio * before[i]!);
    alpha.push(centre);
    norm2.push(next.reduce((sum, p) => sum + p * p, 0));
    before = last;
    last = next;
  }
  return { type: 'poly', alpha, norm2, degree };
}

/** The columns of one value: $p_1(x), \dots, p_d(x)$. */
export function polynomialsAt({ alpha, norm2, degree }: PolynomialBasis, x: number): number[] {
  if (alpha.length === 0) return Array.from({ length: degree }, (_, d) => x ** (d + 1));
  let before = 0;
  let last = 1;
  return alpha.map((centre, d) => {
    const ratio = d === 0 ? 0 : norm2[d]! / norm2[d - 1]!;
    const next = (x - centre) * last - ratio * before;
    before = last;
    last = next;
    return next / Math.sqrt(norm2[d + 1]!);
  });
}

/** R's default quantile (type 7) of values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

/** The columns of one value: B-splines, or those natural splines that are linear beyond the boundary. */
export function splinesAt(basis: SplineBasis, x: number): number[] {
  if (basis.type === 'bs') return withoutFirst(basis, bSplines(basis, x, 0));
  const [low, high] = basis.boundary;
  const edge = Math.min(Math.max(x, low), high);
  const value = bSplines(basis, edge, 0);
  const slope = edge === x ? undefined : bSplines(basis, edge, 1);
  const line = slope ? value.map((v, i) => v + slope[i]! * (x - edge)) : value;
  // R's QR decomposition of the second derivatives at the boundary, reflected as LINPACK does.
  const bends = [low, high].map((at) => withoutFirst(basis, bSplines(basis, at, 2)));
  return reflected(withoutFirst(basis, line), bends);
}

const withoutFirst = ({ intercept }: SplineBasis, columns: readonly number[]) =>
  intercept ? [...columns] : columns.slice(1);

/** Derivatives of all B-splines at x; beyond the boundary those of the polynomial of the last interval. */
function bSplines({ degree, knots, boundary }: SplineBasis, x: number, derivative: number): number[] {
  const [low, high] = boundary;
  const ends = (at: number) => Array.from({ length: degree + 1 }, () => at);
  const t = [...ends(low), ...knots, ...ends(high)];
  const count = t.length - degree - 1;
  let span = degree;
  while (span < count - 1 && x >= t[span + 1]!) span++;

  function spline(i: number, order: number, d: number): number {
    if (order === 1) return i === span && d === 0 ? 1 : 0;
    const left = t[i + order - 1]! - t[i]!;
    const right = t[i + order]! - t[i + 1]!;
    const share = (width: number, factor: number, at: number) =>
      width === 0 ? 0 : (factor / width) * spline(at, order - 1, Math.max(d - 1, 0));
    return d === 0
      ? share(left, x - t[i]!, i) + share(right, t[i + order]! - x, i + 1)
      : share(left, order - 1, i) - share(right, order - 1, i + 1);
  }
  return Array.from({ length: count }, (_, i) => spline(i, degree + 1, derivative));
}

/** What remains of y below the rows that the reflections of two columns eliminate. */
function reflected(y: readonly number[], columns: readonly (readonly number[])[]): number[] {
  const made: { from: number; v: number[] }[] = [];
  const reflect = (of: readonly number[], { from, v }: { from: number; v: number[] }) => {
    const scale = v.reduce((sum, each, i) => sum + each * (of[i] ?? 0), 0) / v[from]!;
    return of.map((each, i) => each - scale * v[i]!);
  };
  columns.forEach((column, from) => {
    const now = made.reduce(reflect, column as number[]);
    const norm = Math.hypot(...now.slice(from));
    const length = now[from]! < 0 ? -norm : norm;
    made.push({ from, v: now.map((each, i) => (i < from ? 0 : each / length + (i === from ? 1 : 0))) });
  });
  return made.reduce(reflect, y as number[]).slice(columns.length);
}
