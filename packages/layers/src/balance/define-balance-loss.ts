import * as tf from '@tensorflow/tfjs-core';
import {
  type BalanceLossDefinition,
  type BalanceLossFactory,
  defineBalanceLoss as define,
} from '@tfjs-moe/core';
import { type LayerBalance, registerBalance } from './layer-balance.ts';
import { balanceLedger } from './ledger.ts';

/**
 * Makes a balance loss factory, registers its kind, and brings what runs losses in a layer: one that has none does not
 * carry it.
 * @param kind lower camel case, unique among balance losses
 * @param definition checks the options and returns the definition; its config carries `weight` too
 */
export function defineBalanceLoss<A extends readonly unknown[]>(
  kind: string,
  definition: (...options: A) => BalanceLossDefinition,
): BalanceLossFactory<A> {
  registerBalance(layerBalance);
  return define(kind, definition);
}

const layerBalance: Parameters<typeof registerBalance>[0] = (who, losses): LayerBalance => ({
  ...balanceLedger(who, () => losses.some(({ weight }) => weight !== 0)),
  total({ ops, routing, plan: { experts, expertsPerToken } }) {
    const context = { experts, expertsPerToken };
    // A loss may be a bare constant, which has no axes.
    const values = losses.map((loss) => tf.reshape(loss.value(ops, routing, context), []));
    return tf.addN(values.map((value, i) => tf.mul(value, losses[i]!.weight)));
  },
});
