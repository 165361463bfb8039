import type * as tf from '@tensorflow/tfjs-core';
import { wayOfLosses, wayOfTraining } from '@tfjs-moe/core/hints';
import { warn } from '../warn.ts';
import { currentStep, gradientMark, isOpen, isRecording, type Scope } from './step.ts';

/** What a watch says on the console, once each. */
const UNTAKEN = 'a training pass had a balance loss that nobody took, so it does nothing';
const EVALUATED = 'was asked for its balance loss, but had been called in evaluation mode, where it has none';

/** Looks out for programs in which the balance losses of a layer do nothing, and says so. */
export interface LossWatch {
  /** Notes that a training call left its loss in a step. */
  recorded(step: Scope): void;
  /** Notes a call in evaluation mode, which has no loss. */
  evaluated(): void;
  /**
   * Notes that somebody asked for the loss.
   * @param hasLosses whether a step with losses is going on
   */
  asked(hasLosses: boolean): void;
}

/** A step in which there were losses. */
interface Watched {
  readonly step: Scope;
  readonly mark: tf.Tensor | undefined;
  taken: boolean;
}

/**
 * The watch over one layer.
 * @param who named in warnings
 * @param matters whether it is worth a warning when nobody asks
 */
export function lossWatch(who: () => string, matters: () => boolean): LossWatch {
  let watched: Watched | undefined;
  let evaluation: Scope | undefined;
  let waiting = false;
  const said = new Set<string>();

  function sayOnce(text: string): void {
    if (!matters() || said.has(text)) return;
    said.add(text);
    warn(who(), text);
  }

  /** Closes a step that is over. One that recorded no gradient trained nothing, and an error may cut a step off. */
  function settle(): void {
    if (watched === undefined || isOpen(watched.step)) return;
    const untaken = !watched.taken && watched.mark?.isDisposed === true;
    watched = undefined;
    if (untaken) sayOnce(UNTAKEN + wayOfLosses());
  }

  /** Closes the last step of a loop, too, as soon as the code that runs now is done. */
  function settleSoon(): void {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      settle();
    });
  }

  return {
    recorded(step) {
      settle();
      if (watched?.step !== step) watched = { step, mark: gradientMark(), taken: false };
      // A call after a question begins anew.
      watched.taken = false;
      settleSoon();
    },
    evaluated() {
      settle();
      evaluation = isRecording() ? currentStep() : undefined;
    },
    asked(hasLosses) {
      if (watched !== undefined) watched.taken ||= hasLosses;
      if (!hasLosses && evaluation !== undefined && isOpen(evaluation)) sayOnce(EVALUATED + wayOfTraining());
    },
  };
}
