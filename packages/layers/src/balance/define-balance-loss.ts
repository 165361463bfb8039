import * as tf from '@tensorflow/tfjs-core';
import {
  type BalanceContext,
  type BalanceLossDefinition,
  type BalanceLossFactory,
  defineBalanceLoss as define,
  scoped,
} from '@tfjs-moe/core';
import { type Sums, sumsOf } from '../state/step-state.ts';
import { addAll } from '../tensor/add-all.ts';
import { type BalancedBatch, type LayerBalance, registerBalance } from './layer-balance.ts';
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
  total(batch, sums) {
    // A loss may be a bare constant, which has no axes.
    const values = losses.map((loss, i) =>
      tf.reshape(loss.value(batch.ops, batch.routing, contextOf(batch, pathOf(i), sums)), []),
    );
    return addAll(values.map((value, i) => tf.mul(value, losses[i]!.weight)));
  },
  observed(batch, sums) {
    const each = losses.map((loss, i) =>
      sumsOf(pathOf(i), loss.observe?.(batch.ops, batch.routing, contextOf(batch, pathOf(i), sums))),
    );
    return Object.assign({}, ...each);
  },
});

/** Where the sums of a loss are among those of the layer. */
const pathOf = (index: number) => `loss${index}`;

function contextOf(
  { plan: { experts, expertsPerToken } }: BalancedBatch,
  path: string,
  sums: Sums | undefined,
): BalanceContext<tf.Tensor> {
  return { experts, expertsPerToken, sums: sums && scoped(path, sums) };
}
