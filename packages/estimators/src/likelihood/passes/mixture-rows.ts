import type { LawRoom } from '@tfjs-moe/measures';
import { type Block, mostRows, type Parts } from '../problem/part.ts';
import { logDispersionOf, type Problem } from '../problem/problem.ts';
import { softmaxRows } from './column-loops.ts';
import { withoutImpossible } from './impossible-rows.ts';

export interface MixtureRows {
  readonly parts: Parts;
  readonly densities: readonly LawRoom[];
  /** $g_e$, one column per expert. */
  readonly weights: readonly Float64Array[];
  /** $r_e$, in all rows of a group the same. */
  readonly responsibilities: readonly Float64Array[];
  /** $\log \sum_e g_e f_e$; of a group $\log \sum_e g_e \prod_i f_e(y_i)$, in all its rows. */
  readonly logDensity: Float64Array;
}

/** Evaluates blocks of one problem, in the same columns each time. */
export type Evaluate = (
  block: Block,
  at: Float64Array,
  order: 0 | 1 | 2,
  everywhere?: boolean,
) => MixtureRows;

/**
 * The mixture at a block of rows: every expert's weight $g_e$, its responsibility
 * $r_e = g_e f_e / \sum_j g_j f_j$ (the E-step), and the log-likelihood of each row, all from logarithms. Rows of a group
 * have one expert, whose density is the product of theirs.
 */
export function mixtureRows(problem: Problem): Evaluate {
  const { source, law } = problem;
  const { experts } = problem.layout.shape;
  const rows = mostRows(source.blocks);
  const table = () => Array.from({ length: experts }, () => new Float64Array(rows));
  const densities = Array.from({ length: experts }, (_, e) => law.room(rows, e));
  const weights = table();
  const responsibilities = table();
  const [gateMost, gateSum, jointMost, jointSum] = [0, 1, 2, 3].map(() => new Float64Array(rows)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const logDensity = new Float64Array(rows);

  return (block, at, order, everywhere = false) => {
    const parts = source.evaluate(block, at, order, everywhere);
    const count = block.rows;
    for (let e = 0; e < experts; e++) {
      const into = densities[e]!;
      law.evaluate(parts.outputs[e]!, block, logDispersionOf(problem, at, e), into, order > 0, e);
      if (order > 0) withoutImpossible(into, count);
      const logits = parts.logits[e]!.value;
      const selected = parts.selected[e];
      const gate = weights[e]!;
      const joint = responsibilities[e]!;
      const { log } = into;
      for (let i = 0; i < count; i++) {
        const z = selected !== undefined && selected[i] === 0 ? -Infinity : logits[i]!;
        gate[i] = z;
        joint[i] = z + log[i]!;
      }
      if (block.starts !== undefined) multiplyInGroups(joint, log, block.starts);
    }
    softmaxRows(weights, gateMost, gateSum, count);
    softmaxRows(responsibilities, jointMost, jointSum, count);
    for (let i = 0; i < count; i++) {
      logDensity[i] = jointMost[i]! - gateMost[i]! + Math.log(jointSum[i]! / gateSum[i]!);
    }
    return { parts, densities, weights, responsibilities, logDensity };
  };
}

/** $\log g + \sum_i \log f_i$ in every row of a group, where a row has $\log g + \log f_i$. */
function multiplyInGroups(joint: Float64Array, log: Float64Array, starts: readonly number[]): void {
  for (let g = 0; g + 1 < starts.length; g++) {
    const [first, end] = [starts[g]!, starts[g + 1]!];
    let sum = joint[first]!;
    for (let i = first + 1; i < end; i++) sum += log[i]!;
    joint.fill(sum, first, end);
  }
}
