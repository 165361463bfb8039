import type { TensorInfo } from '@tensorflow/tfjs-core';
import { scoreExpertsBy } from '@tfjs-moe/core/backends';
import { runProgram } from '../program.ts';
import { groupedMatMul } from './grouped-mat-mul.ts';
import { defineKernel, type Kernel } from './kernel.ts';

const packed: Kernel = scoreExpertsBy(groupedMatMul);

/** The logits of a linear router, one number to a texel: so every program that selects reads them, and none unpacks. */
export const scoreExperts: Kernel = defineKernel(packed.name, (call) => {
  const { backend } = call;
  const logits = (packed.run as (of: typeof call) => TensorInfo)(call);
  const y = runProgram(backend, {
    inputs: { logits },
    shape: logits.shape,
    packed: 'inputs',
    text: `
    float value(int token, int expert) {
      vec4 four = getLogits(token - imod(token, 2), expert - imod(expert, 2));
      vec2 two = imod(token, 2) == 0 ? four.xy : four.zw;
      return imod(expert, 2) == 0 ? two.x : two.y;
    }`,
  });
  backend.disposeData(logits.dataId);
  return y;
});
