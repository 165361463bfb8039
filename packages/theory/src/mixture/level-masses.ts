import { scoped } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { gridInput, gridParams, type Ring } from '@tfjs-moe/numerics';
import { nodesOf, type TreeLevel } from './covered-form.ts';
import { idealOps } from './ideal-ops.ts';

/** $e^{z}$ of every node of a level of a tree at an input, softmax by softmax. */
export function levelMasses<S>(of: MixingMeasure, level: TreeLevel, ring: Ring<S>, x: readonly S[]): S[] {
  const { router, path, bias } = level.form;
  const ops = idealOps(ring, 0);
  const p = gridParams(ring, measureSpecs(of).gate, of.gateParams);
  const scores = router.logit(ops, gridInput(x), scoped(path, p));
  const { entries } = bias === undefined ? scores : ops.add(scores, p[bias]!);
  return Array.from({ length: nodesOf(level) }, (_, node) => {
    const score = entries[entries.length === 1 ? 0 : node]!;
    return ring.derivatives('exp', score.value, 0)[0]!;
  });
}
