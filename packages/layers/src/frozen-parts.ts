import type { ExpertBank } from './experts/expert-bank.ts';
import type { StoredParam } from './weights.ts';

/** A part of a layer that learns, or does not, apart from the other. */
export type Part = 'gate' | 'experts';

/** A variable, or a layer inside the layer, that can learn. */
export interface Learner {
  trainable: boolean;
}

/** Which parts of a layer learn. */
export interface FrozenParts {
  /** Whether a part does not learn. */
  has(part: Part): boolean;
  /** Freezes a part of a layer that is itself trainable or not, or lets it learn again. */
  set(part: Part, frozen: boolean, trainable: boolean): void;
  /**
   * Freezes again what is frozen. A tf.sequential makes every weight of its layers trainable when it is built, so this is
   * called whenever somebody is about to train.
   */
  keep(): void;
}

/** Where the parts are: nothing before the layer is built. */
export interface Parts {
  readonly gateParams: readonly Readonly<Record<string, StoredParam>>[];
  readonly banks: readonly Pick<ExpertBank, 'stored' | 'children'>[];
}

/** @param args what is frozen from the start */
export function frozenParts(
  args: { readonly trainableGate?: boolean; readonly trainableExperts?: boolean },
  parts: () => Parts,
): FrozenParts {
  const frozen = { gate: args.trainableGate === false, experts: args.trainableExperts === false };
  const teach = (part: Part, trainable: boolean) => {
    const { gateParams, banks } = parts();
    const learners: Learner[] =
      part === 'gate'
        ? gateParams.flatMap(learnersOf)
        : banks.flatMap(({ stored, children }) => [...learnersOf(stored), ...children]);
    for (const learner of learners) learner.trainable = trainable;
  };
  return {
    has: (part) => frozen[part],
    set(part, freeze, trainable) {
      frozen[part] = freeze;
      teach(part, !freeze && trainable);
    },
    keep() {
      for (const part of ['gate', 'experts'] as const) if (frozen[part]) teach(part, false);
    },
  };
}

/** The variables that are meant to learn. */
function learnersOf(stored: Readonly<Record<string, StoredParam>>): Learner[] {
  return Object.values(stored)
    .filter(({ spec }) => spec.trainable ?? true)
    .map(({ variable }) => variable);
}
