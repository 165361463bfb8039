import { derivativesOver } from '../ring/derivatives-over.ts';
import type { Ring } from '../ring/ring.ts';
import {
  addDouble,
  type DoubleDouble,
  divDouble,
  doubleDouble,
  mulDouble,
  sqrtDouble,
  subDouble,
} from './double-double.ts';
import { expDouble, logDouble, normalCdfDouble, normalDensityDouble, PI } from './exponential.ts';

const positive = ({ high }: DoubleDouble) => high > 0;

/**
 * Double-double numbers as a ring: with `jets` and `gridOps`, every router, gate and expert with its derivatives to
 * about 30 digits. For a second opinion on a float64 result, at a tenth of the cost of balls and without their proof.
 */
export const doubleDoubles: Ring<DoubleDouble> = Object.freeze({
  constant: doubleDouble,
  isZero: ({ high, low }: DoubleDouble) => high === 0 && low === 0,
  add: addDouble,
  sub: subDouble,
  dot(a: readonly DoubleDouble[], b: readonly DoubleDouble[]) {
    let sum = doubleDouble(0);
    for (let k = 0; k < a.length; k++) {
      sum = addDouble(sum, mulDouble(a[k]!, b[k]!));
    }
    return sum;
  },
  greater: (a: DoubleDouble, b: DoubleDouble) => doubleDouble(positive(subDouble(a, b)) ? 1 : 0),
  shift: (of: readonly DoubleDouble[]) => of.reduce((a, b) => (positive(subDouble(b, a)) ? b : a)),
  derivatives: derivativesOver<DoubleDouble>({
    constant: doubleDouble,
    add: addDouble,
    sub: subDouble,
    mul: mulDouble,
    reciprocal: (a) => divDouble(doubleDouble(1), a),
    sqrt: sqrtDouble,
    exp: expDouble,
    log: logDouble,
    normalDensity: normalDensityDouble,
    normalCdf: normalCdfDouble,
    geluSlope: () => sqrtDouble(divDouble(doubleDouble(8), PI)),
    negative: ({ high }) => high < 0,
    positive,
  }),
});
