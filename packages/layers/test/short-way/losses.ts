/** Balance losses for layers by the short way: those of the house, and one that has every operation that it knows. */
import type { BalanceLoss, Stream } from '@tfjs-moe/core';
import { defineBalanceLoss, importanceLoss, loadLoss, switchLoss, zLoss } from '../../src/index.ts';

/** A loss of no use, of all that formulas may be made of. */
export const everyOperation: (inSequences: boolean) => BalanceLoss = defineBalanceLoss(
  'everyOperationForShortWay',
  (inSequences: boolean) => ({
    config: { inSequences },
    weight: 0.7,
    value(ops, { logits, scores, probabilities, choices, weights }, { experts }) {
      const tokens = inSequences ? ops.inSequences() : ops;
      const one = ops.constant(1);
      const load = tokens.meanTokens(choices[0]!);
      const busy = ops.greater(ops.mul(load, ops.constant(experts)), ops.constant(0.9));
      const entropy = ops.sumExperts(ops.mul(probabilities, ops.log(probabilities)));
      const first = ops.topK(scores, 1)[0]!;
      const size = ops.sqrt(ops.add(one, ops.mul(logits, logits)));
      const shares = ops.softmax(ops.sub(size, ops.exp(ops.stopGradient(probabilities))));
      const lengths = ops.add(one, tokens.sumTokens(one));
      const each = ops.div(ops.mul(ops.add(shares, first), ops.sub(weights, busy)), lengths);
      const isMany = ops.greaterOrEqual(lengths, ops.constant(4));
      const ofToken = ops.add(ops.sumExperts(each), ops.mul(entropy, ops.sub(isMany, ops.logSumExp(size))));
      return ops.meanTokens(ops.add(ofToken, ops.sumExperts(ops.mul(load, tokens.sumTokens(size)))));
    },
  }),
);

/** None to three losses. */
export function drawnLosses(draw: Stream, hasSequences: boolean): BalanceLoss[] {
  const one = <T>(...of: readonly T[]): T => of[draw.integer(of.length)]!;
  const drawn = (): BalanceLoss => {
    const weight = one(0.01, 1, 3);
    switch (draw.integer(6)) {
      case 0:
        return zLoss({ weight });
      case 1:
        return importanceLoss({
          weight,
          of: one('weights', 'probabilities'),
          variance: one('population', 'sample'),
        });
      case 2:
        return loadLoss({ weight, of: 'count' });
      case 3:
        return everyOperation(hasSequences);
      default:
        return switchLoss({
          weight,
          scaling: one('top1', 'sumOverK', 'meanOverK'),
          over: hasSequences ? one('batch', 'sequence') : 'batch',
          of: one('choices', 'choices', 'probabilities'),
          doubleSoftmax: draw.uniform() < 0.2,
        });
    }
  };
  return Array.from({ length: draw.integer(4) }, drawn);
}
