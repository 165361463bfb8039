/**
 * exp, log and the normal law of double-double numbers, to about 30 digits.
 *
 * $e^x = 2^k(1 + m)^{512}$ with $1 + m = e^{t/512}$ from eight terms, squared as $m \mapsto 2m + m^2$, which keeps the
 * digits of m. log by one Newton step from float64. $\Phi$ by its series near 0 and by Laplace's continued fraction for
 * Mills' ratio in the tails, where it keeps its digits.
 */
import {
  addDouble,
  type DoubleDouble,
  divDouble,
  doubleDouble,
  mulDouble,
  negateDouble,
  sqrtDouble,
  subDouble,
} from './double-double.ts';

const LOG_TWO: DoubleDouble = { high: Math.LN2, low: 2.3190468138462996e-17 };
export const PI: DoubleDouble = { high: Math.PI, low: 1.2246467991473532e-16 };
const HALF = doubleDouble(0.5);
const HALVINGS = 9;

/** Multiplication by a power of two, exact. */
const scaled = ({ high, low }: DoubleDouble, factor: number): DoubleDouble => ({
  high: high * factor,
  low: low * factor,
});

/** $e^a$; 0 below -708, where the low part would underflow, and infinite above 709. */
export function expDouble(a: DoubleDouble): DoubleDouble {
  if (a.high > 709) return doubleDouble(Infinity);
  if (a.high < -708) return doubleDouble(0);
  const k = Math.round(a.high / Math.LN2);
  const t = scaled(subDouble(a, mulDouble(LOG_TWO, doubleDouble(k))), 2 ** -HALVINGS);
  let term = t;
  let m = t;
  for (let n = 2; n <= 9; n++) {
    term = divDouble(mulDouble(term, t), doubleDouble(n));
    m = addDouble(m, term);
  }
  for (let step = 0; step < HALVINGS; step++) m = addDouble(scaled(m, 2), mulDouble(m, m));
  const half = Math.trunc(k / 2);
  return scaled(scaled(addDouble(m, doubleDouble(1)), 2 ** half), 2 ** (k - half));
}

/** $\log a$ for $a > 0$. */
export function logDouble(a: DoubleDouble): DoubleDouble {
  const start = doubleDouble(Math.log(a.high));
  if (!Number.isFinite(start.high)) return start;
  return addDouble(start, subDouble(mulDouble(a, expDouble(negateDouble(start))), doubleDouble(1)));
}

/** $\varphi(a)$. */
export function normalDensityDouble(a: DoubleDouble): DoubleDouble {
  const e = expDouble(negateDouble(mulDouble(HALF, mulDouble(a, a))));
  return divDouble(e, sqrtDouble(scaled(PI, 2)));
}

/** $\Phi(a)$. */
export function normalCdfDouble(a: DoubleDouble): DoubleDouble {
  if (a.high > 38 || a.high < -38) return doubleDouble(a.high > 0 ? 1 : 0);
  const density = normalDensityDouble(a);
  if (Math.abs(a.high) < 3) return addDouble(HALF, mulDouble(density, series(a)));
  const left = a.high < 0;
  const tail = mulDouble(density, millsRatio(left ? negateDouble(a) : a));
  return left ? tail : subDouble(doubleDouble(1), tail);
}

/** $\sum_n z^{2n+1}/(1\cdot3\cdots(2n+1))$. */
function series(z: DoubleDouble): DoubleDouble {
  const square = mulDouble(z, z);
  let term = z;
  let sum = z;
  for (let n = 3; Math.abs(term.high) > 1e-34 * Math.abs(sum.high); n += 2) {
    term = divDouble(mulDouble(term, square), doubleDouble(n));
    sum = addDouble(sum, term);
  }
  return sum;
}

/** $(1 - \Phi(z))/\varphi(z) = 1/(z + 1/(z + 2/(z + \cdots)))$ for $z \ge 3$. */
function millsRatio(z: DoubleDouble): DoubleDouble {
  let fraction = z;
  for (let n = 120; n >= 1; n--) fraction = addDouble(z, divDouble(doubleDouble(n), fraction));
  return divDouble(doubleDouble(1), fraction);
}
