/** The kernels that take the place of tfjs's own, each because ordinary training spends its time there. */
import { batchMatMul } from './batch-mat-mul.ts';
import { binaryKernels } from './binary.ts';
import { concat } from './concat.ts';
import { convolutionFilterGradient, convolutionInputGradient } from './convolution.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-convolution.ts';
import { erf, exp, sigmoid, tanh } from './functions.ts';
import { fusedMatMul } from './fused-mat-mul.ts';
import { gather } from './gather.ts';
import { cast, identity } from './identity.ts';
import { maxPoolGradient } from './max-pool.ts';
import { slice, split, unpack } from './slice.ts';
import type { StockKernel } from './stock-kernel.ts';
import { mean, sum } from './sum.ts';
import { tile } from './tile.ts';
import { transpose } from './transpose.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

export const stockKernels: readonly StockKernel[] = [
  batchMatMul,
  fusedMatMul,
  sum,
  mean,
  unsortedSegmentSum,
  convolutionFilterGradient,
  convolutionInputGradient,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  maxPoolGradient,
  gather,
  identity,
  cast,
  slice,
  split,
  unpack,
  transpose,
  ...binaryKernels,
  tanh,
  erf,
  exp,
  sigmoid,
  tile,
  concat,
];
