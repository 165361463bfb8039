/** Gates that say of themselves what is said of another gate. */
import { defineGate, type Gate } from '@tfjs-moe/core';
import { topK } from '@tfjs-moe/gates';

/** What they are: top-2 of a softmax. */
export const sound: Gate = topK({ k: 2 });

const declaring = (kind: string, of: Gate): Gate =>
  defineGate(kind, () => ({ ...sound, config: {}, traits: of.traits! }))();

export const falseForms: readonly (readonly [what: string, gate: Gate])[] = [
  ['another number of experts', declaring('saysThree', topK({ k: 3 }))],
  ['sigmoids', declaring('saysSigmoid', topK({ k: 2, weighting: 'sigmoid' }))],
  ['weights that are not divided', declaring('saysWhole', topK({ k: 2, renormalize: 'never' }))],
];
