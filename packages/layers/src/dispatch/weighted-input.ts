import * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { bring } from '../brought.ts';
import type { RoutingPlan } from '../routing-plan.ts';
import { detach } from '../tensor/detach.ts';
import type { Dispatched, Dispatcher } from './dispatcher.ts';

/**
 * The gate's weight at the experts' input, $\sum_e h_e(w_e x)$, and not at their output: Llama 4.
 *
 * Under any dispatcher: every token takes its weights along as E more features, of which each expert picks its own.
 */
export function dispatchWeighted({ dispatch }: Dispatcher, x_TD: tf.Tensor2D, plan: RoutingPlan): Dispatched {
  const { experts, selected_TE, weights_TE } = plan;
  if (plan.renormalizeAfterDrop) {
    throw new MoeError(
      'weightAt',
      "'input' needs weights that no drop changes; not renormalize: 'afterDrop'",
    );
  }
  const features = x_TD.shape[1];
  // What is NaN stays so: a token that must not be routed.
  const sent_TE: tf.Tensor2D = tf.add(selected_TE, tf.mul(detach(weights_TE), 0));
  const loaded = tf.concat([x_TD, weights_TE], 1) as tf.Tensor2D;
  const dispatched = dispatch(loaded, { ...plan, weights_TE: sent_TE });
  const { ops, input } = dispatched;
  const part = (x: tf.Tensor, start: number, size: number) =>
    tf.slice(x, [...x.shape.slice(1).map(() => 0), start], [...x.shape.slice(1).map(() => -1), size]);
  const own = tf.reshape(tf.eye(experts), [experts, 1, experts]);
  return {
    ...dispatched,
    input: ops.mul(part(input, 0, features), ops.dot(part(input, features, experts), own)),
    weights_TE: tf.mul(weights_TE, dispatched.kept_TE),
    eachExpert: (run) =>
      dispatched.eachExpert((x_ND, expert, counts_N) =>
        run(
          tf.mul(part(x_ND, 0, features), part(x_ND, features + expert, 1)) as tf.Tensor2D,
          expert,
          counts_N,
        ),
      ),
  };
}

/**
 * The value of the option `weightAt` under which the gate's weight multiplies what experts are given, $\sum_e h_e(w_e x)$.
 *
 * It is the string `'input'`, which a saved layer holds; importing it brings what computes it.
 */
export const expertInput: 'input' = /* @__PURE__ */ bringInput();

function bringInput(): 'input' {
  bring('input', dispatchWeighted);
  return 'input';
}
