import * as tf from '@tensorflow/tfjs-core';

/** A call of a layer, as a model makes it. */
interface Call {
  readonly inputs: readonly tf.Tensor[];
  readonly kwargs: object | undefined;
  readonly training: boolean;
}

/** The outputs of a layer in one pass of a model. */
export interface OnePass {
  /** The outputs of the same call in the same pass, if there was one. */
  recall(call: Call): tf.Tensor[] | undefined;
  /** Keeps the outputs of a call until the pass is over. */
  remember(call: Call, outputs: readonly tf.Tensor[]): void;
}

/**
 * Makes the executor of tfjs run a layer once.
 *
 * It calls a layer with several outputs anew for each of them, so that every expert would be computed as often as there are
 * tasks, noise drawn as often, and every balance loss counted as often. These calls are told from others by their inputs, the
 * very same tensors, in the scope that the model opens for each batch; in training also by their arguments, which are one
 * object for a whole pass, because there a second call by hand may be meant.
 */
export function onePass(): OnePass {
  let last: (Call & { readonly scope: number; readonly outputs: readonly tf.Tensor[] }) | undefined;
  const currentScope = () => tf.engine().state.activeScope?.id;

  return {
    recall({ inputs, kwargs, training }) {
      const isSame =
        last !== undefined &&
        last.scope === currentScope() &&
        last.training === training &&
        (!training || last.kwargs === kwargs) &&
        last.inputs.length === inputs.length &&
        last.inputs.every((input, i) => input === inputs[i]);
      if (!isSame) return undefined;
      return last!.outputs.map((output) => (training ? output : tf.clone(output)));
    },
    remember(call, outputs) {
      const scope = currentScope();
      // In evaluation models dispose of an output when all that need it have it.
      const kept = call.training ? outputs : outputs.map((output) => tf.clone(output));
      last = scope === undefined ? undefined : { ...call, scope, outputs: [...kept] };
    },
  };
}
