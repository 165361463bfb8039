import type { Activation } from '../activation.ts';

/**
 * Units side by side, alike but for their numbers, and what may be done to the numbers of one without changing the function.
 *
 * A unit has one place on an axis of each of its parameters: a column of a kernel that leads to it, an entry of a bias, a
 * row of the kernel that leads on. Hidden units may also change places; units without `outgoing` are outputs, and keep
 * theirs. Where a parameter is shared by all experts, a change holds for all of them at once.
 */
export interface Units {
  /** Parameters whose last axis counts the units: what a unit is computed with. */
  readonly incoming: readonly string[];
  /** Parameters whose first axis counts the units: what is done with it. Empty for outputs. */
  readonly outgoing: readonly string[];
  /** Changes of sign, each by itself. Default none. */
  readonly signs?: readonly SignChange[] | undefined;
  /** Changes of scale, each by itself. Default none. */
  readonly scales?: readonly ScaleChange[] | undefined;
}

/**
 * A unit's numbers in these parameters may be negated together: of an odd activation all, of an even one the incoming ones,
 * of a gated unit those of the factor that is not activated and the outgoing ones.
 */
export interface SignChange {
  readonly negated: readonly string[];
  /**
   * The bias of the next layer, which gains what was outgoing: $v\,\sigma(z) = v + (-v)\,\sigma(-z)$ for an activation that
   * is odd up to a constant, as the sigmoid is.
   */
  readonly constant?: string | undefined;
}

/** A unit's numbers may be multiplied with c > 0 here if they are divided by it there: of ReLU, and of no activation. */
export interface ScaleChange {
  readonly multiplied: readonly string[];
  readonly divided: readonly string[];
}

const odd: readonly Activation[] = ['identity', 'tanh'];
const homogeneous: readonly Activation[] = ['identity', 'relu'];

/**
 * A hidden layer as `Units`: its activation decides what else may be done than to change places.
 * @param nextBias the bias that is added after the outgoing kernel, where there is one
 */
export function hiddenLayer(
  activation: Activation,
  incoming: readonly string[],
  outgoing: readonly string[],
  nextBias?: string,
): Units {
  const negated = [...incoming, ...outgoing];
  const complement = activation === 'sigmoid' && nextBias !== undefined;
  return {
    incoming,
    outgoing,
    ...(odd.includes(activation) && { signs: [{ negated }] }),
    ...(complement && { signs: [{ negated, constant: nextBias }] }),
    ...(homogeneous.includes(activation) && { scales: [{ multiplied: incoming, divided: outgoing }] }),
  };
}
