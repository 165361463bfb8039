import { type Stream, stream } from '@tfjs-moe/core';
import { column, columns, columnsOf, matrix, norm, type Ring, spreadColumn } from '@tfjs-moe/numerics';
import { type Allowance, metered, prices, Spent } from '../decide/allowance.ts';
import { DOUBLE_BITS } from '../decide/certify.ts';
import { onSupport } from '../decide/on-support.ts';
import { type Points, samplePoints } from '../decide/sampling.ts';
import type { CurvedFamily } from '../families/curved-family.ts';
import type { Support } from '../verdict/support.ts';
import type { Inconclusive } from '../verdict/verdict.ts';
import type { Candidate } from './candidates.ts';
import { certifyPositive, type PositiveCertificate } from './certify-positive.ts';
import { type Enclosed, encloseInBalls, encloseInDoubles } from './enclosed.ts';
import { along } from './null-direction.ts';
import { provePrecisely } from './precise-search.ts';
import { type Projection, projectOut, type Sampled, searchWeights } from './search.ts';
import type { NullDirection, SecondOrderDependent, SecondOrderIndependent } from './second-order-verdict.ts';

export interface CriterionOptions {
  readonly allowance: Allowance;
  /** Bits of the balls, rising; with each step the points are spread twice as wide. */
  readonly bits: readonly number[];
  readonly spread: number;
  readonly seed: number;
  /** Where functions are compared. Default: everywhere. */
  readonly support?: Support | undefined;
}

export type Answer = SecondOrderDependent | SecondOrderIndependent | Inconclusive;

/** Part of its length to which a float64 column must be explained by others before a proof is tried. */
const SUSPICION = 1e-8;
/** Fractional bits of balls that hold double-double numbers. */
const BITS_OF_DOUBLES = 192;

/**
 * The second-order criterion: whether atoms that are fitted by several are estimated at $n^{-1/4}$.
 *
 * For a mixing measure G with atoms $\theta_j$, let $\psi_\theta = e^z (h - f_G)$ be the function of an atom (see
 * `competitive.ts`; f_G held fixed, the normaliser in it), $F_0, F_1$ its values and first derivatives at all atoms,
 * gauge and shared parameters accounted for, and $F_2$ its second derivatives at the over-fitted atoms. The criterion:
 *
 * $$c^\top F_0 + v^\top F_1 + \tfrac12\langle M, F_2\rangle = 0,\ M = \mathrm{diag}(M_j) \succeq 0 \implies
 *   (c, v, M) = 0.$$
 *
 * *Why it gives the rate.* Let $G_n \to G$ have masses $m_i$ and offsets $\Delta_i$ in the cell of atom j. Exactly,
 * $D_n(f_{G_n} - f_G) = \sum_j [c_j\psi_j + v_j^\top\nabla\psi_j + \tfrac12\langle M_j, \nabla^2\psi_j\rangle] + o(\sum
 * m_i|\Delta_i|^2)$ with $c_j$ the change of mass, $v_j = \sum m_i\Delta_i$ and $M_j = \sum m_i\Delta_i\Delta_i^\top
 * \succeq 0$. If $\|f_{G_n} - f_G\|$ were $o(\mathcal D)$ for the loss $\mathcal D = \sum|c_j| + \sum_{\text{exact}}|\Delta| +
 * \sum_{\text{over}} m|\Delta|^2$, divide by the largest coefficient: the limit is an equation with $M \succeq 0$ that is
 * not zero, which the criterion excludes. So $\mathcal D \lesssim \|f_{G_n} - f_G\|$, and the regression rate $n^{-1/2}$ of
 * the right side gives $n^{-1/4}$ for $\Delta$ in over-fitted cells. In exact cells M and in shared parameters second
 * orders are $o(\mathcal D)$, and left out.
 *
 * *Why a null direction destroys it.* If the equation holds with $M = uu^\top \ne 0$, split atom j into
 * $\theta_j \pm tu$, and change masses and parameters by $t^2(c, v)$: the loss is of order $t^2$ and the functions differ
 * by $O(t^3)$, so the bound fails. An M of higher rank needs more atoms in the cell. A null element with $M = 0$ is a
 * matter of first order: the Jacobian is dependent, and the criterion fails with it.
 *
 * *How it is decided.* Fails: an equation in a formal ring (`null-direction.ts`). Holds: by the theorem of alternatives
 * (Stiemke) the criterion for M holds if and only if some signed measure integrates $F_0$ and $F_1$ to zero and every
 * $F_{2,j}$ to a positive definite matrix; such a measure is searched in float64 and proved in ball arithmetic
 * (`certify-positive.ts`). No verdict rests on a threshold.
 *
 * Source: the criterion is our own; the losses are those of Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213.
 *
 * @param directions those that may turn out to be null directions
 * @param prove tries to prove one of them
 * @param ofAnyRank tries to prove a null element that is none of them, once double-double has not certified the criterion
 */
export function criterion(
  given: CurvedFamily,
  directions: readonly Candidate[],
  prove: (direction: Candidate) => NullDirection | undefined,
  options: CriterionOptions,
  ofAnyRank?: () => NullDirection | undefined,
): Answer {
  const { bits: levels, spread, seed, allowance, support } = options;
  const family = support === undefined ? given : onSupport({ ...given, support });
  const random = stream(seed, 'second order');
  const suspects: string[] = [];
  let reached = 0;
  try {
    for (const [level, bits] of [DOUBLE_BITS, ...levels].entries()) {
      const points = drawn(family, spread * 2 ** level, random, allowance);
      if (points.length <= family.labels.length) continue;
      for (const direction of level === 0 ? suspected(family, directions, points, allowance) : []) {
        const proved = prove(direction);
        if (proved) return { verdict: 'dependent', direction: proved };
        suspects.push(direction.name);
      }
      const isDouble = level === 0;
      const search = isDouble ? searched(family, points, allowance) : undefined;
      const matrix = search && search.weights === undefined ? ofAnyRank?.() : undefined;
      if (matrix) return { verdict: 'dependent', direction: matrix };
      if (search && search.weights === undefined) continue;
      const precision = isDouble ? BITS_OF_DOUBLES : bits;
      const enclosed = (isDouble ? encloseInDoubles : encloseInBalls)(family, points, precision, allowance);
      reached = bits;
      const proof = certified(family, enclosed, search, precision, allowance);
      if (proof) {
        const found = {
          bits,
          points: enclosed.rows.length,
          level: isDouble ? 'double-double' : 'balls',
        } as const;
        const { sigmaMin, curvature } = proof;
        return { verdict: 'independent', sigmaMin, curvature, ...found };
      }
    }
  } catch (error) {
    if (!(error instanceof Spent)) throw error;
    return { verdict: 'inconclusive', bits: reached, raise: allowance.limit };
  }
  const left =
    suspects.length > 0
      ? `; suspected but not proved, as where an equation has coefficients that are no fractions: ${suspects.join(', ')}`
      : '';
  const raise = `the bits, now at most ${levels.at(-1)}, or the spread of the points${left}`;
  return { verdict: 'inconclusive', bits: reached, raise };
}

/** As many points as there are functions, and a few more; where a gate selects, so many for every region. */
export function drawn(family: CurvedFamily, spread: number, random: Stream, allowance: Allowance): Points {
  const curved = family.blocks.map(({ coordinates: { length } }) => (length * (length + 1)) / 2);
  const functions = curved.reduce((a, b) => a + b, family.labels.length);
  const count = (family.selects ? 3 : 1) * functions + 8;
  const free = { ...family, evaluate: <S>(ring: Ring<S>, x: readonly S[]) => family.evaluate(ring, x).free };
  return finiteAmong(family, samplePoints(free, count, spread, random, allowance), allowance);
}

/** Those of some points at which float64 holds every function. */
function finiteAmong(family: CurvedFamily, points: Points, allowance: Allowance): Points {
  const { free, curved } = sample(family, points, allowance);
  const isHeld = points.map(() => true);
  for (const of of [free, ...curved])
    of.data.forEach((value, i) => {
      if (!Number.isFinite(value)) isHeld[i % of.rows] = false;
    });
  return points.filter((_, n) => isHeld[n]);
}

/**
 * The proof that the criterion holds, from the points at which the functions can be enclosed.
 * @param search what float64 found; without it the search is done in integers
 */
export function certified(
  family: CurvedFamily,
  { rows, alive }: Enclosed,
  search: Search | undefined,
  bits: number,
  allowance: Allowance,
): PositiveCertificate | undefined {
  if (rows.length < family.labels.length) return undefined;
  const sizes = family.blocks.map(({ coordinates }) => coordinates.length);
  if (search === undefined) return provePrecisely(rows, sizes, bits, allowance);
  const { projection, weights } =
    alive.length === search.points.length ? search : searched(family, alive, allowance);
  return weights && certifyPositive(rows, sizes, { weights, projection }, bits, allowance);
}

/** What float64 says of a family at some points. */
interface Search {
  readonly points: Points;
  readonly sampled: Sampled;
  readonly projection: Projection;
  readonly weights: Float64Array | undefined;
}

/** The search for a measure on some points. */
function searched(family: CurvedFamily, points: Points, allowance: Allowance): Search {
  const sampled = sample(family, points, allowance);
  const projection = projectOut(sampled.free, allowance);
  return { points, sampled, projection, weights: searchWeights(sampled, projection, allowance) };
}

/** The functions at some points in float64. */
function sample(family: CurvedFamily, points: Points, allowance: Allowance): Sampled {
  const ring = metered(columns, allowance, prices.float64(points.length));
  const { free, curved } = family.evaluate(ring, columnsOf(points));
  const filled = (functions: readonly (number | Float64Array)[]) => {
    const result = matrix(points.length, functions.length);
    functions.forEach((value, j) => {
      column(result, j).set(spreadColumn(value, points.length));
    });
    return result;
  };
  return {
    free: filled(free),
    curved: curved.map(filled),
    sizes: family.blocks.map(({ coordinates }) => coordinates.length),
  };
}

/** The directions that float64 cannot tell from null directions. */
function suspected(
  family: CurvedFamily,
  directions: readonly Candidate[],
  points: Points,
  allowance: Allowance,
): readonly Candidate[] {
  const { free, curved } = sample(family, points, allowance);
  const { rest } = projectOut(free, allowance);
  const triangles = curved.map((of) => Array.from({ length: of.columns }, (_, k) => column(of, k)));
  return directions.filter((direction) => {
    if (direction.isExpected) return true;
    const value = along<number | Float64Array>(columns, direction, triangles);
    if (typeof value === 'number') return value === 0;
    return norm(rest(value)) <= SUSPICION * norm(value);
  });
}
