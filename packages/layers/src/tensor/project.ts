import * as tf from '@tensorflow/tfjs-core';
import type { Constraint } from '@tfjs-moe/core';
import { withGradient } from './custom-gradient.ts';

/**
 * Projection of a parameter onto its box, applied where the parameter is read.
 *
 * tfjs optimisers do not apply constraints, so a learned temperature could cross zero between two steps. The gradient
 * passes straight through, so that a parameter at its bound can come back.
 */
export function project(value: tf.Tensor, constraint: Constraint | undefined): tf.Tensor {
  if (constraint === undefined) return value;
  const { min, max } = constraint;
  return withGradient([value], {
    forward: ([x]) => {
      const raised = min === undefined ? x! : tf.maximum(x!, min);
      return max === undefined ? tf.clone(raised) : tf.minimum(raised, max);
    },
    backward: (dy) => [dy],
  });
}
