import { SORT_BY_EXPERT } from '@tfjs-moe/core/kernels';
import type { RoutingPlan } from '../routing-plan.ts';
import { hasKernel } from '../tensor/own-kernel.ts';
import { sortComposed } from './sort-composed.ts';
import { sortOnBackend } from './sort-on-backend.ts';
import type { SortedRows } from './sorted-rows.ts';

/** Sorts the selected pairs, by a kernel of the backend where there is one. */
export function sortByExpert(plan: RoutingPlan): SortedRows {
  return hasKernel(SORT_BY_EXPERT) ? sortOnBackend(plan) : sortComposed(plan);
}
