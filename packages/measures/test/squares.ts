import { defineGate, type Gate, type GateTraits } from '@tfjs-moe/core';
import { softmax } from '@tfjs-moe/gates';

/** A gate without a form: weights in proportion to the squares of the scores, which share a scale that no trait says. */
export function squares(traits?: GateTraits): Gate {
  return defineGate('squares', () => {
    const { params, expertsPerToken } = softmax();
    return {
      config: {},
      ...(traits && { traits }),
      params,
      expertsPerToken,
      route(ops, x, p) {
        const logits = ops.affine(x, p['router/kernel'] as never, p.bias as never);
        const square = ops.mul(logits, logits);
        const probabilities = ops.div(square, ops.sumExperts(square));
        const choices = [ops.greater(probabilities, ops.constant(-1))];
        return { logits, scores: logits, probabilities, choices, weights: probabilities };
      },
    };
  })();
}
