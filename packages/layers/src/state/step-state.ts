import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { mapNames, prefixed } from '@tfjs-moe/core';
import { detach } from '../tensor/detach.ts';

/** Sums over tokens, by name. */
export type Sums = Readonly<Record<string, tf.Tensor>>;

/** The sums of one part of a layer under a path of its own. */
export const sumsOf = (path: string, observed: Sums | undefined): Sums => prefixed(path, observed ?? {});

/** What a layer has observed since the optimiser's last step, and what it does after the step. */
export interface StepState {
  /** Does it, once, if the optimiser has taken a step since the first observation. */
  settle(): void;
  /** The sums so far, or nothing where this is the first batch of a step. */
  readonly sums: Sums | undefined;
  /** Adds what was observed of one batch. */
  observe(observed: Sums): void;
  /** Takes writing by hand for what it is and no step: of weights of the layer, of which state is read when settled. */
  watch(variable: LayerVariable, isState: boolean): void;
  dispose(): void;
}

/**
 * The sums of one layer between two steps of the optimiser.
 *
 * tfjs tells layers nothing of steps. But every optimiser assigns new data to what it has changed, and nothing else does
 * unless somebody writes weights by hand. So a step was taken when a weight that learns has other data than at the first
 * observation: however many batches were accumulated, how often the layer was called, and whoever runs the loop. It is
 * seen when the layer is called next, or when its state is read, to be saved for example.
 *
 * A batch whose gradient is never applied, because an error cut the step off say, counts with the next step.
 *
 * @param learning the weights that the optimiser changes
 * @param afterStep is given the sums
 */
export function stepState(
  learning: () => readonly LayerVariable[],
  afterStep: (sums: Sums) => void,
): StepState {
  let sums: Sums = {};
  let isOpen = false;
  let marks = new Map<LayerVariable, object>();

  const mark = () => {
    marks = new Map(learning().map((variable) => [variable, variable.read().dataId]));
  };

  function settle(): void {
    if (!isOpen || [...marks].every(([variable, data]) => variable.read().dataId === data)) return;
    // First of all, because the update reads the state.
    isOpen = false;
    afterStep(sums);
  }

  return {
    settle,
    get sums() {
      return isOpen ? sums : undefined;
    },
    observe(observed) {
      if (Object.keys(observed).length === 0) return;
      if (!isOpen) mark();
      const before = sums;
      sums = mapNames(observed, (value, name) =>
        tf.keep(isOpen && before[name] ? tf.add(before[name], detach(value)) : detach(value)),
      );
      isOpen = true;
      tf.dispose(before as tf.NamedTensorMap);
    },
    watch(variable, isState) {
      const [read, write] = [variable.read.bind(variable), variable.write.bind(variable)];
      variable.write = (value) => {
        settle();
        const written = write(value);
        if (isOpen) mark();
        return written;
      };
      if (!isState) return;
      variable.read = () => {
        settle();
        return read();
      };
    },
    dispose: () => tf.dispose(sums as tf.NamedTensorMap),
  };
}
