import { combineRows, combineRowsGradient } from './combine-rows.ts';
import { gatherRows, sumRows } from './gather-rows.ts';
import { groupedKernelGradient } from './grouped-kernel-gradient.ts';
import { groupedMatMul } from './grouped-mat-mul.ts';
import type { Kernel } from './kernel.ts';
import { optimizerKernels } from './optimizer-steps.ts';
import { reluGradient } from './relu-gradient.ts';
import { reshape } from './reshape.ts';
import { scoreExperts } from './score-experts.ts';
import { selectExperts, selectExpertsGradient } from './select-experts.ts';
import { sortByExpert } from './sort-by-expert.ts';
import { sumGroups } from './sum-groups.ts';
import { topKMasks } from './top-k-masks.ts';

/** The kernels under the names of `@tfjs-moe/core/kernels`. */
export const moeKernels: readonly Kernel[] = [
  groupedMatMul,
  groupedKernelGradient,
  reluGradient,
  sumGroups,
  sortByExpert,
  gatherRows,
  sumRows,
  combineRows,
  combineRowsGradient,
  topKMasks,
  scoreExperts,
  selectExperts,
  selectExpertsGradient,
  reshape,
  ...optimizerKernels,
];
