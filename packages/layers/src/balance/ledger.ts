import * as tf from '@tensorflow/tfjs-core';
import { development } from '@tfjs-moe/core/hints';
import { addAll } from '../tensor/add-all.ts';
import { endPass } from './earlier-layers.ts';
import { lossWatch } from './loss-watch.ts';
import { currentStep, disposeAfter, isOpen, nextScope, type Scope, scopesInside } from './step.ts';

/** Balance losses between the calls of a layer, which compute them, and whoever asks for them in the same step. */
export interface BalanceLedger {
  /** Whether somebody could ask for the loss of a training call that is made now. */
  wanted(): boolean;
  /**
   * Keeps the loss of a training call until the step ends.
   * @param loss kept by `tf.keep`, and returned from the scope that made it
   */
  record(loss: tf.Scalar): void;
  /** Notes a call in evaluation mode, which has no loss. */
  evaluated(): void;
  /** What the loss closure of the layer answers. */
  take(): tf.Scalar;
}

/** A step, and what the layer did in it. */
interface Step {
  readonly scope: Scope;
  calls: { readonly loss: tf.Scalar; readonly scopes: readonly number[] }[];
  /** Scopes with this number or a higher one were opened after the last call. */
  later: number;
  /** Questions since the last call; the latest of them, and how often it reached the layer. */
  questions: number;
  question: number | undefined;
  asked: number;
}

/**
 * The ledger of one layer.
 *
 * tfjs asks for losses after the forward pass, and by then a model in a model, `timeDistributed` or a `tf.tidy` of
 * somebody's own layer has disposed of everything computed inside it except its output. Losses are therefore handed to
 * the step itself (`currentStep`), which disposes of them when it ends. The tape knows tensors by their number, so the
 * gradient flows through them as through any other.
 *
 * Who asks does not say for which call. One question, such as `model.calculateLosses()`, reaches the layer once for each
 * of its nodes: as often as it was called for a siamese encoder, once for a `timeDistributed` that calls it at every time
 * step. So the first answer to a question is the sum over all calls and the others are 0: called twice, counted twice,
 * and nothing twice. Models open a scope around a question, which tells one from the next; whoever asks the layer itself
 * puts a question each time.
 *
 * A second question in the same step has the same answer, as a regulariser would give it: a loop may print the losses
 * before it adds them. Except where several models have called the layer and each of them asks: the first gets the sum
 * and the others 0, until as many have asked as have called. A call after a question begins anew, so batches that
 * accumulate in one tape count once each.
 *
 * @param who named in warnings
 * @param matters whether it is worth a warning when nobody asks
 */
export function balanceLedger(who: () => string, matters: () => boolean): BalanceLedger {
  const watch = development ? lossWatch(who, matters) : undefined;
  let step: Step | undefined;

  function stepIn(scope: Scope): Step {
    if (step?.scope !== scope) {
      return { scope, calls: [], later: 0, questions: 0, question: undefined, asked: 0 };
    }
    if (step.questions > 0) {
      tf.dispose(step.calls.map(({ loss }) => loss));
      Object.assign(step, { calls: [], questions: 0, question: undefined, asked: 0 });
    }
    return step;
  }

  return {
    wanted: () => currentStep() !== undefined,
    record(loss) {
      const scope = currentStep()!;
      step = stepIn(scope);
      step.calls.push({ loss, scopes: scopesInside(scope) });
      step.later = nextScope();
      disposeAfter(scope, loss);
      watch?.recorded(scope);
    },
    evaluated() {
      watch?.evaluated();
    },
    take() {
      const open = step !== undefined && isOpen(step.scope) ? step : undefined;
      endPass();
      watch?.asked(open !== undefined);
      return open === undefined ? tf.scalar(0) : answer(open);
    },
  };
}

function answer(step: Step): tf.Scalar {
  const { calls } = step;
  const open = scopesInside(step.scope);
  const question = open.find((id) => id >= step.later);
  // No question reaches more nodes than made calls: then it is another, whatever `tf.tidy` stands around both.
  const again = question === undefined || question !== step.question || step.asked >= calls.length;
  step.question = question;
  step.asked = again ? 1 : step.asked + 1;
  if (!again) return tf.scalar(0);
  // Calls inside one scope that has ended, such as that of a model, were made by one caller.
  const callers = new Set(calls.map(({ scopes }, i) => scopes.find((id) => !open.includes(id)) ?? -1 - i));
  const first = step.questions % callers.size === 0;
  step.questions += 1;
  if (!first) return tf.scalar(0);
  const [only, ...others] = calls.map(({ loss }) => loss) as [tf.Scalar, ...tf.Scalar[]];
  return others.length === 0 ? tf.clone(only) : addAll([only, ...others]);
}
