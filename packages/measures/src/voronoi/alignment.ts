import { minimiseConvex } from './convex.ts';
import { type BestFactor, bestFactor, type CellTerm, lossAt } from './mass-factor.ts';
import { cellsOf, nearest, type Pair, pairCost, squaredDistance } from './pairs.ts';
import { minimiseOnLine, polish } from './search.ts';

export interface AlignmentProblem {
  /** $p_i$, divided by $e^s$ where the factor is free, so that none overflows. */
  readonly masses: readonly number[];
  /** s. */
  readonly logScale: number;
  /** $m_j$. */
  readonly trueMasses: readonly number[];
  /** Every fitted atom against every true one. */
  readonly pairs: readonly (readonly Pair[])[];
  /** How many of the largest terms of the sum over j count. */
  readonly counted: number;
  /** u, or that it is free, or what makes the total masses equal. */
  readonly factor: 'free' | 'equalTotal' | 'one';
  /** Displacements to begin with, the first of them none; all of one length. */
  readonly starts: readonly (readonly number[])[];
  /** Whether the last entry of a displacement is a scale, which must stay positive. */
  readonly endsInScale: boolean;
}

/**
 * The loss of one softmax, minimised over its gauge: over the common factor u of the fitted masses and over the
 * displacement $\theta$ of the fitted atoms,
 *
 * $\inf_{u,\theta}\ \sum_j \Bigl|u \sum_{i \in A_j(\theta)} p_i - m_j\Bigr| + u \sum_{i \in A_j(\theta)} p_i\, d_{ij}(\theta)$.
 *
 * The cells depend on $\theta$. Where they stay the same the objective is convex in $\theta$, and the best u is known in
 * closed form. One free displacement is searched exhaustively: between the points where a cell changes. Several are
 * searched from every alignment of a fitted atom with a true one, cell by cell, and polished without derivatives; the
 * result is then the loss at some gauge, hence not below the infimum, and may be above it.
 */
export interface Alignment {
  readonly value: number;
  /** The displacement. */
  readonly theta: readonly number[];
  /** $\log u$ for the masses themselves; $-\infty$ where they had better vanish. */
  readonly logFactor: number;
  /** The fitted atoms of every true one. */
  readonly cells: readonly (readonly number[])[];
}

export function align(problem: AlignmentProblem): Alignment {
  const { starts, endsInScale, pairs } = problem;
  const isAllowed = (theta: readonly number[]) => !endsInScale || theta.at(-1)! > 0;
  const [none = []] = starts;
  let best = at(problem, none);
  const consider = (candidate: Alignment) => {
    if (candidate.value < best.value) best = candidate;
  };
  if (none.length === 0) return best;
  if (none.length === 1) {
    for (const { from, to, middle } of intervals(problem)) {
      const assigned = nearest(pairs, [middle]);
      const loss = (t: number) => withCells(problem, assigned, [t]);
      const inside = starts.map(([t]) => t!).filter((t) => from <= t && t <= to);
      for (const t of [...inside, ...valleys(problem, assigned, from, to)]) consider(loss(t));
    }
    return best;
  }
  const known = new Set<string>();
  const queue = starts.filter(isAllowed);
  for (const theta of queue) consider(at(problem, theta));
  // Equal measures are found by now, and exactly.
  if (best.value === 0) return best;
  for (let theta = queue.pop(); theta !== undefined; theta = queue.pop()) {
    const assigned = nearest(pairs, theta);
    const key = assigned.join();
    if (known.has(key)) continue;
    known.add(key);
    const moved = minimiseConvex(movedTerms(problem, assigned), theta);
    if (!isAllowed(moved)) continue;
    consider(at(problem, moved));
    queue.push(moved);
  }
  const loss = (theta: readonly number[]) => (isAllowed(theta) ? at(problem, theta).value : Infinity);
  consider(at(problem, polish(loss, best.theta)));
  return best;
}

/**
 * Where the loss of fixed cells may be least between two displacements.
 *
 * Masses vanish at the infimum unless the cost is small, and the loss is then the same all around: so the cost comes first,
 * which is convex. Where all cells count, the loss grows with it; else the search goes on outwards from its minimum.
 */
function valleys(problem: AlignmentProblem, assigned: readonly number[], from: number, to: number): number[] {
  const { trueMasses, counted } = problem;
  const largest = trueMasses
    .map((mass, j) => ({ mass, j }))
    .sort((a, b) => b.mass - a.mass)
    .slice(0, counted);
  const cost = (t: number) => {
    const terms = termsOf(problem, cellsOf(assigned, trueMasses.length), [t]);
    return sum(largest.map(({ j }) => terms[j]!.cost));
  };
  const center = minimiseOnLine(cost, from, to);
  if (counted === trueMasses.length) return [center];
  const loss = (t: number) => withCells(problem, assigned, [t]).value;
  return [
    center,
    center + minimiseOnLine((step) => loss(center + step), 0, to - center),
    center - minimiseOnLine((step) => loss(center - step), 0, center - from),
  ];
}

/** The loss at a displacement. */
function at(problem: AlignmentProblem, theta: readonly number[]): Alignment {
  return withCells(problem, nearest(problem.pairs, theta), theta);
}

function withCells(
  problem: AlignmentProblem,
  assigned: readonly number[],
  theta: readonly number[],
): Alignment {
  const cells = cellsOf(assigned, problem.trueMasses.length);
  const terms = termsOf(problem, cells, theta);
  const { value, factor } = weighed(problem, terms);
  return { value, theta, cells, logFactor: Math.log(factor) - problem.logScale };
}

/** Masses and cost of every cell. */
function termsOf(
  { masses, trueMasses, pairs }: AlignmentProblem,
  cells: readonly (readonly number[])[],
  theta: readonly number[],
): CellTerm[] {
  return cells.map((cell, j) => {
    let mass = 0;
    let cost = 0;
    for (const i of cell) {
      const weight = masses[i]!;
      mass += weight;
      cost += weight * pairCost(pairs[i]![j]!, theta, cell.length);
    }
    return { mass, truth: trueMasses[j]!, cost };
  });
}

function weighed(
  { factor, masses, trueMasses, counted }: AlignmentProblem,
  terms: readonly CellTerm[],
): BestFactor {
  if (factor === 'free') return bestFactor(terms, counted);
  const chosen = factor === 'one' ? 1 : sum(trueMasses) / sum(masses);
  return { factor: chosen, value: lossAt(terms, chosen, counted) };
}

/** What depends on the displacement, for fixed cells. */
function movedTerms({ masses, pairs, trueMasses }: AlignmentProblem, assigned: readonly number[]) {
  const cells = cellsOf(assigned, trueMasses.length);
  return assigned.flatMap((j, i) => {
    const { moved } = pairs[i]![j]!;
    const size = cells[j]!.length;
    return moved.map(({ residual, jacobian = [], exponent }) => ({
      weight: masses[i]!,
      exponent: exponent(size),
      residual,
      jacobian,
    }));
  });
}

/** The intervals of one displacement in which no cell changes: borders lie where an atom is as near to two true ones. */
function intervals({
  pairs,
  starts,
  endsInScale,
}: AlignmentProblem): { from: number; to: number; middle: number }[] {
  const borders: number[] = [];
  for (const row of pairs) {
    for (const [j, one] of row.entries()) {
      for (const other of row.slice(j + 1)) {
        // The difference of squared distances is linear in the displacement.
        const difference = (t: number) => squaredDistance(one, [t]) - squaredDistance(other, [t]);
        const border = -difference(0) / (difference(1) - difference(0));
        if (Number.isFinite(border)) borders.push(border);
      }
    }
  }
  // Beyond every border and every alignment the loss only grows.
  const places = [...borders, ...starts.map(([t]) => t!)];
  const low = Math.min(...places);
  const high = Math.max(...places);
  const margin = 1 + high - low;
  const first = endsInScale ? 0 : low - margin;
  const ends = [first, ...borders.filter((t) => t > first).sort((a, b) => a - b), high + margin];
  return ends.slice(1).flatMap((to, k) => {
    const from = ends[k]!;
    return from < to ? [{ from, to, middle: (from + to) / 2 }] : [];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
