/** The kernels that take the place of tfjs's own, each because ordinary training spends its time there. */
import { batchMatMul } from './batch-mat-mul.ts';
import type { StockKernel } from './stock-kernel.ts';
import { sum } from './sum.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

export const stockKernels: readonly StockKernel[] = [batchMatMul, sum, unsortedSegmentSum];
