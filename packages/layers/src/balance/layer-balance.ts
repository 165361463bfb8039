import type * as tf from '@tensorflow/tfjs-core';
import { type BalanceLoss, type GateOps, MoeError, type Routing } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import type { Sums } from '../state/step-state.ts';
import type { BalanceLedger } from './ledger.ts';

/** A batch after the gate, as far as losses look at it. */
export interface BalancedBatch {
  readonly ops: GateOps<tf.Tensor>;
  readonly routing: Routing<tf.Tensor>;
  readonly plan: { readonly experts: number; readonly expertsPerToken: number };
}

/** The balance losses of one layer at work. */
export interface LayerBalance extends BalanceLedger {
  /**
   * Weighted sum of the losses for a routed batch.
   * @param sums what was observed of the earlier batches of the step
   */
  total(batch: BalancedBatch, sums: Sums | undefined): tf.Scalar;
  /** What the losses observe of a batch. */
  observed(batch: BalancedBatch, sums: Sums | undefined): Sums;
}

/** @param who names the layer in warnings */
type MakeBalance = (who: () => string, losses: readonly BalanceLoss[]) => LayerBalance;

let makeBalance: MakeBalance | undefined;

/** Makes layers able to run balance losses: a page that never imports a loss does not carry what runs them. */
export function registerBalance(make: MakeBalance): void {
  makeBalance = make;
}

const advice = development
  ? ': the built-in ones, and defineBalanceLoss of @tfjs-moe/layers (or tfjs-moe) for your own, bring it'
  : '';

/**
 * The balance losses of a layer at work, or nothing where there are none.
 * @param name of the layer, as far as it is known now
 */
export function balanceOf(
  name: string,
  who: () => string,
  losses: readonly BalanceLoss[],
): LayerBalance | undefined {
  if (losses.length === 0) return undefined;
  if (makeBalance !== undefined) return makeBalance(who, losses);
  throw new MoeError(name, `what runs balance losses has to be imported${advice}`);
}
