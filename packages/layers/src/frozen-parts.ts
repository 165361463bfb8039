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

/** @param learners what of a part could learn; nothing before the layer is built */
export function frozenParts(
  frozen: Record<Part, boolean>,
  learners: (part: Part) => readonly Learner[],
): FrozenParts {
  const teach = (part: Part, trainable: boolean) => {
    for (const learner of learners(part)) learner.trainable = trainable;
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
export function learnersOf(stored: Readonly<Record<string, StoredParam>>): Learner[] {
  return Object.values(stored)
    .filter(({ spec }) => spec.trainable ?? true)
    .map(({ variable }) => variable);
}
