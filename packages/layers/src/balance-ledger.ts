import * as tf from '@tensorflow/tfjs-core';

export interface BalanceLedger {
  /** Keeps the loss of one forward pass until it is asked for. */
  record(loss: tf.Scalar): void;
  /** The next loss of this step, or 0 when there is none. */
  take(): tf.Scalar;
}

/**
 * Balance losses between the forward pass, where they are computed, and `LayersModel`, which asks for them afterwards.
 *
 * tfjs calls a layer's loss closure once for each of its nodes in the model, so a layer that is shared between two
 * inputs hands out one value per call, in order. Values whose step is over are disposed of by then and are forgotten.
 */
export function balanceLedger(): BalanceLedger {
  let open: tf.Scalar[] = [];
  return {
    record(loss) {
      open = [...open.filter((earlier) => !earlier.isDisposed), loss];
    },
    take() {
      open = open.filter((loss) => !loss.isDisposed);
      return open.shift() ?? tf.scalar(0);
    },
  };
}
