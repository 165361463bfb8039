import * as tf from '@tensorflow/tfjs-core';
import {
  type BalanceContext,
  type BalanceLoss,
  type BalanceLossDefinition,
  type BalanceLossFactory,
  defineBalanceLoss as define,
  scoped,
} from '@tfjs-moe/core';
import { type Sums, sumsOf } from '../state/step-state.ts';
import { addAll } from '../tensor/add-all.ts';
import { keepForStep, sumsOfEarlierLayers, tellLaterLayers } from './earlier-layers.ts';
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

const layerBalance: Parameters<typeof registerBalance>[0] = (who, losses): LayerBalance => {
  const ledger = balanceLedger(who, () => losses.some(({ weight }) => weight !== 0));
  let told: tf.Tensor[] = [];

  /** What a loss that is one for many layers is in this one: what it adds to that of the layers before. */
  function added(loss: BalanceLoss, { ops, routing, plan }: BalancedBatch): tf.Tensor {
    const { experts, expertsPerToken } = plan;
    const group = JSON.stringify([loss.config, experts, expertsPerToken]);
    const context = { experts, expertsPerToken, sums: sumsOfEarlierLayers(group) };
    const value = loss.value(ops, routing, context);
    told.push(...tellLaterLayers(group, loss.observe?.(ops, routing, context) ?? {}));
    return value;
  }

  return {
    ...ledger,
    total(batch, sums) {
      // A call that an error cut off before it was recorded.
      tf.dispose(told);
      told = [];
      // A loss may be a bare constant, which has no axes.
      const values = losses.map((loss, i) =>
        tf.reshape(
          loss.joins === 'layers'
            ? added(loss, batch)
            : loss.value(batch.ops, batch.routing, contextOf(batch, pathOf(i), sums)),
          [],
        ),
      );
      return addAll(values.map((value, i) => tf.mul(value, losses[i]!.weight)));
    },
    record(loss) {
      ledger.record(loss);
      keepForStep(told);
      told = [];
    },
    observed(batch, sums) {
      const each = losses.map((loss, i) =>
        loss.joins === 'layers'
          ? {}
          : sumsOf(pathOf(i), loss.observe?.(batch.ops, batch.routing, contextOf(batch, pathOf(i), sums))),
      );
      return Object.assign({}, ...each);
    },
  };
};

/** Where the sums of a loss are among those of the layer. */
const pathOf = (index: number) => `loss${index}`;

function contextOf(
  { plan: { experts, expertsPerToken } }: BalancedBatch,
  path: string,
  sums: Sums | undefined,
): BalanceContext<tf.Tensor> {
  // Others of the layer may have observed something; a loss that has not is told nothing.
  const own = scoped(path, sums ?? {});
  return { experts, expertsPerToken, sums: Object.keys(own).length > 0 ? own : undefined };
}
