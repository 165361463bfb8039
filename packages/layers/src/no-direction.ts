import { MoeError } from '@tfjs-moe/core';
import { insteadOfDirection } from '@tfjs-moe/core/hints';

/** Explains why a mixture cannot stand inside `tf.layers.bidirectional`, which asks its layer to run backwards. */
export function refuseDirection(who: string, args: object): void {
  if (!('goBackwards' in args)) return;
  throw new MoeError(
    who,
    `cannot stand in tf.layers.bidirectional: it routes each token by itself, so it has no direction${insteadOfDirection()}`,
  );
}
