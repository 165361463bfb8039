/** The kernels that tfjs does not have, in the order of a layer's forward pass. */

import { adam } from './adam.ts';
import { combineRows, combineRowsGradient } from './combine-rows.ts';
import { forward } from './forward.ts';
import { gatherRows, sumRows } from './gather-rows.ts';
import { groupedKernelGradient } from './grouped-kernel-gradient.ts';
import { groupedMatMul } from './grouped-mat-mul.ts';
import type { Kernel } from './kernel.ts';
import { normalizeRows, normalizeRowsGradient } from './normalize-rows.ts';
import { sortByExpert } from './sort-by-expert.ts';
import { sumGroups } from './sum-groups.ts';
import { topKMasks } from './top-k-masks.ts';
import { training } from './training.ts';
import { trainingGradient } from './training-gradient.ts';

export const moeKernels: readonly Kernel[] = [
  topKMasks,
  sortByExpert,
  gatherRows,
  sumRows,
  groupedMatMul,
  groupedKernelGradient,
  sumGroups,
  combineRows,
  combineRowsGradient,
  forward,
  training,
  trainingGradient,
  normalizeRows,
  normalizeRowsGradient,
  adam,
];
