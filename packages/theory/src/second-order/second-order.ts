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
 */
import { type MixingMeasure, MoeError, stream } from '@tfjs-moe/core';
import {
  type Ball,
  balls,
  column,
  columns,
  columnsOf,
  matrix,
  norm,
  type Ring,
  spreadColumn,
} from '@tfjs-moe/numerics';
import { expectTime, OutOfTime, withDeadline } from '../decide/deadline.ts';
import { samplePoints } from '../decide/sampling.ts';
import { atomsOf } from '../identifiability/atom.ts';
import type { CompetitiveForm } from '../identifiability/gate-form.ts';
import type { Inconclusive } from '../verdict/verdict.ts';
import { type Candidate, candidates, commonTilts } from './candidates.ts';
import { type BallRow, certifyPositive } from './certify-positive.ts';
import { competitiveFamily } from './competitive.ts';
import type { CurvedFamily } from './curved-family.ts';
import { along, ownFamily, proveDirection, wholeFamily } from './null-direction.ts';
import { projectOut, type Sampled, searchWeights } from './search.ts';
import type { NullDirection, SecondOrderDependent, SecondOrderIndependent } from './second-order-verdict.ts';

export interface CriterionOptions {
  /** In milliseconds of `Date.now()`. */
  readonly deadline: number;
  readonly bits: readonly number[];
  readonly spread: number;
  readonly seed: number;
}

type Answer = SecondOrderDependent | SecondOrderIndependent | Inconclusive;

/** Part of its length to which a float64 column must be explained by others before a proof is tried. */
const SUSPICION = 1e-8;

export function criterion(
  family: CurvedFamily,
  directions: readonly Candidate[],
  prove: (direction: Candidate) => NullDirection | undefined,
  options: CriterionOptions,
): Answer {
  const sizes = family.blocks.map(({ coordinates }) => coordinates.length);
  const count = family.labels.length + sizes.reduce((sum, p) => sum + (p * (p + 1)) / 2, 0) + 8;
  const random = stream(options.seed, 'second order');
  const sampling = {
    ...family,
    evaluate: <S>(ring: Ring<S>, x: readonly S[]) => family.evaluate(ring, x).free,
  };
  let points = samplePoints(sampling, count, options.spread, random, options.deadline);
  let reached = 0;
  try {
    for (const bits of options.bits) {
      const sampled = sample(family, points);
      const projection = projectOut(sampled.free);
      if (reached === 0) {
        for (const direction of directions) {
          expectTime(options.deadline);
          if (!isSuspect(direction, sampled, projection.rest)) continue;
          const proved = prove(direction);
          if (proved) return { verdict: 'dependent', direction: proved };
        }
      }
      const found = searchWeights(sampled, projection);
      if (found?.kind !== 'weights') {
        return {
          verdict: 'inconclusive',
          bits: reached,
          raise: 'nothing known: float64 finds no measure, and no direction is proved',
        };
      }
      const { rows, alive } = enclosed(family, points, bits, options.deadline);
      reached = bits;
      if (alive.length < points.length) points = alive;
      else {
        const proof = certifyPositive(rows, sizes, found.weights, projection, bits);
        if (proof) return { verdict: 'independent', ...proof, bits, points: points.length };
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    return { verdict: 'inconclusive', bits: reached, raise: 'the budget' };
  }
  return {
    verdict: 'inconclusive',
    bits: reached,
    raise: `the bits, now at most ${reached}, or the spread of the points`,
  };
}

function sample(family: CurvedFamily, points: readonly (readonly number[])[]): Sampled {
  const { free, curved } = family.evaluate(columns, columnsOf(points));
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

function isSuspect(
  direction: Candidate,
  { curved }: Sampled,
  rest: (values: Float64Array) => Float64Array,
): boolean {
  const triangles = curved.map((of) => Array.from({ length: of.columns }, (_, k) => column(of, k)));
  const value = along<number | Float64Array>(columns, direction, triangles);
  if (typeof value === 'number') return value === 0;
  return norm(rest(value)) <= SUSPICION * norm(value);
}

function enclosed(
  family: CurvedFamily,
  points: readonly (readonly number[])[],
  bits: number,
  deadline: number,
) {
  const ring = withDeadline(balls(bits), deadline);
  const rows: BallRow[] = [];
  const alive = points.filter((point) => {
    expectTime(deadline);
    try {
      rows.push(family.evaluate<Ball>(ring, point.map(ring.constant)));
      return true;
    } catch (error) {
      if (error instanceof MoeError && error.who === 'balls') return false;
      throw error;
    }
  });
  return { rows, alive };
}

/** The criterion of softmax-like gates. */
export function competitiveCriterion(
  of: MixingMeasure,
  form: CompetitiveForm,
  overSpecified: readonly number[],
  options: CriterionOptions,
): Answer {
  const family = competitiveFamily(of, form, overSpecified);
  const atoms = atomsOf(of, form);
  const isTilted = overSpecified.length === of.experts;
  const directions = [...(isTilted ? commonTilts(family.blocks) : []), ...candidates(family.blocks)];
  return criterion(
    family,
    directions,
    (direction) => {
      const moving = direction.vectors.flatMap((u, b) => (u ? [b] : []));
      const [only] = moving;
      const half = () => Math.min(options.deadline, Date.now() + (options.deadline - Date.now()) / 2);
      if (moving.length === 1) {
        const block = family.blocks[only!]!;
        const own = ownFamily(atoms[block.atom]!, block, of.inputDim, direction);
        const proved = proveDirection(own, direction, family.blocks, half());
        if (proved) return proved;
      }
      return proveDirection(wholeFamily(family, direction), direction, family.blocks, half());
    },
    options,
  );
}
