/**
 * Numerical ranks of the scores of a mixture of lines whose experts have laws of their own, under a softmax: derivatives by
 * formulas written here, of densities with all their factors, at many responses. Shares no code with what it is asked about.
 */
export type Law =
  | { readonly of: 'gaussian' }
  | { readonly of: 't'; readonly nu: number }
  | { readonly of: 'poisson' }
  | { readonly of: 'nb' };

/** A mixture of lines; `noise` is a deviation, scale or theta. */
export interface Lines {
  readonly laws: readonly Law[];
  readonly slopes: readonly number[];
  readonly biases: readonly number[];
  readonly kernels: readonly number[];
  readonly intercepts: readonly number[];
  readonly noises: readonly number[];
}

/** f with its derivatives in h and in the number beside it. */
interface Jet {
  readonly f: number;
  readonly h: number;
  readonly hh: number;
  readonly n: number;
  readonly nn: number;
  readonly hn: number;
}

const hasNoise = ({ of }: Law) => of !== 'poisson';
const isCount = ({ of }: Law) => of === 'poisson' || of === 'nb';
const sumTo = (y: number, term: (j: number) => number) =>
  Array.from({ length: y }, (_, j) => term(j)).reduce((sum, value) => sum + value, 0);

/** $\Gamma((\nu+1)/2) / \Gamma(\nu/2) / \sqrt{\pi\nu}$ of a whole $\nu$, by $\Gamma(a+1) = a\Gamma(a)$. */
function factorOfT(nu: number): number {
  let ratio = nu % 2 === 1 ? 1 / Math.sqrt(Math.PI) : Math.sqrt(Math.PI) / 2;
  for (let n = nu % 2 === 1 ? 1 : 2; n < nu; n += 2) ratio *= (n + 1) / n;
  return ratio / Math.sqrt(Math.PI * nu);
}

function jetOf(law: Law, y: number, h: number, s: number): Jet {
  let [log, h1, hh, n1, nn, hn] = [0, 0, 0, 0, 0, 0];
  const z = (y - h) / s;
  const mu = Math.exp(h);
  const logFactorial = isCount(law) ? sumTo(y, (j) => Math.log(j + 1)) : 0;
  if (law.of === 'gaussian') {
    log = -Math.log(s * Math.sqrt(2 * Math.PI)) - z ** 2 / 2;
    [h1, hh, n1, nn, hn] = [
      z / s,
      -1 / s ** 2,
      (z ** 2 - 1) / s,
      (1 - 3 * z ** 2) / s ** 2,
      (-2 * z) / s ** 2,
    ];
  } else if (law.of === 't') {
    const { nu } = law;
    const m = (nu + 1) / (nu + z ** 2);
    const bend = m - (2 * z ** 2 * m) / (nu + z ** 2);
    log = Math.log(factorOfT(nu) / s) - ((nu + 1) / 2) * Math.log(1 + z ** 2 / nu);
    [h1, hh, n1] = [(m * z) / s, -bend / s ** 2, (m * z ** 2 - 1) / s];
    hn = -(z / s ** 2) * (bend + m);
    nn = (1 - m * z ** 2 - z * (2 * z * m - (2 * z ** 3 * m) / (nu + z ** 2))) / s ** 2;
  } else if (law.of === 'poisson') {
    log = y * h - mu - logFactorial;
    [h1, hh] = [y - mu, -mu];
  } else {
    log =
      sumTo(y, (j) => Math.log(s + j)) - logFactorial + s * Math.log(s) + y * h - (s + y) * Math.log(s + mu);
    [h1, hh] = [y - ((s + y) * mu) / (s + mu), (-(s + y) * s * mu) / (s + mu) ** 2];
    n1 = sumTo(y, (j) => 1 / (s + j)) + Math.log(s) + 1 - Math.log(s + mu) - (s + y) / (s + mu);
    nn = -sumTo(y, (j) => 1 / (s + j) ** 2) + 1 / s - 2 / (s + mu) + (s + y) / (s + mu) ** 2;
    hn = (-mu * (mu - y)) / (s + mu) ** 2;
  }
  const f = Math.exp(log);
  return {
    f,
    h: f * h1,
    hh: f * (hh + h1 ** 2),
    n: f * n1,
    nn: f * (nn + n1 ** 2),
    hn: f * (hn + h1 * n1),
  };
}

/** Columns of derivatives: of first order at all atoms, of second order at one, in two parts. */
export interface Columns {
  readonly first: number[][];
  /** Products of two different coordinates. */
  readonly mixed: number[][];
  /** Squares of a coordinate. */
  readonly squares: number[][];
}

/** The functions of both questions at pairs (x, y), one column each. */
export function scoreColumns(of: Lines, over: number): Columns {
  const count = of.laws.length;
  const isCounts = of.laws.every(isCount);
  const xs = Array.from({ length: 13 }, (_, i) => -1.7 + 0.29 * i);
  const ys = isCounts
    ? Array.from({ length: 16 }, (_, i) => i)
    : Array.from({ length: 27 }, (_, i) => -6.1 + 0.47 * i);
  const rows = xs.flatMap((x) => ys.map((y) => row(x, y)));
  const column = (part: keyof Columns) =>
    rows[0]![part].map((_, c) => rows.map((values) => values[part][c]!));
  return { first: column('first'), mixed: column('mixed'), squares: column('squares') };

  function row(x: number, y: number): Record<keyof Columns, number[]> {
    const masses = of.slopes.map((slope, e) => Math.exp(slope * x + of.biases[e]!));
    const laws = of.laws.map((law, e) =>
      jetOf(law, y, of.kernels[e]! * x + of.intercepts[e]!, of.noises[e]!),
    );
    const total = masses.reduce((sum, mass) => sum + mass);
    const g = laws.reduce((sum, { f }, e) => sum + (masses[e]! / total) * f, 0);
    const first = laws.flatMap(({ f, h, n }, e) => {
      const w = masses[e]! / total;
      // The gauge fixes the last atom's gate.
      const gate = e < count - 1 ? [w * (f - g), w * x * (f - g)] : [];
      return [...gate, w * h, w * x * h, ...(hasNoise(of.laws[e]!) ? [w * n] : [])];
    });
    const { f, h, hh, n, nn, hn } = laws[over]!;
    const w = masses[over]! / total;
    const noise = hasNoise(of.laws[over]!);
    return {
      first,
      mixed: [w * x * h, w * x ** 2 * h, w * x * hh, ...(noise ? [w * x * n, w * hn, w * x * hn] : [])],
      squares: [w * x ** 2 * (f - g), w * hh, w * x ** 2 * hh, ...(noise ? [w * nn] : [])],
    };
  }
}

const SMALL = 1e-8;

/** The rank of columns of unit length, by Gram and Schmidt with the largest rest first. */
export function numericalRank(columns: readonly (readonly number[])[]): number {
  const length = (v: readonly number[]) => Math.sqrt(v.reduce((sum, value) => sum + value ** 2, 0));
  let rest = columns.map((v) => v.map((value) => value / length(v)));
  let rank = 0;
  for (; rest.length > 0; rank++) {
    const lengths = rest.map(length);
    const most = Math.max(...lengths);
    if (most < SMALL) break;
    const [pivot] = rest.splice(lengths.indexOf(most), 1);
    const unit = pivot!.map((value) => value / most);
    // Twice is enough.
    for (let again = 0; again < 2; again++)
      rest = rest.map((v) => {
        const part = v.reduce((sum, value, i) => sum + value * unit[i]!, 0);
        return v.map((value, i) => value - part * unit[i]!);
      });
  }
  return rank;
}
