import { expectBoolean, expectKnownOptions, expectNumber, MoeError } from '@tfjs-moe/core';

/** How coefficients are shrunk: what `fitMaximumLikelihood` takes as `penalty`. */
export interface PenaltyOptions {
  /** $\lambda$, at least 0: how much. */
  readonly lambda: number;
  /** Between 0, ridge, and 1, the lasso: the elastic net's mixture of both. Default 1. */
  readonly alpha?: number;
  /** Whether the slopes of the gate are shrunk too, of two experts. Default false. */
  readonly gate?: boolean;
}

/** A penalty with its defaults. */
export function expectPenalty(
  who: string,
  penalty: PenaltyOptions | undefined,
): Required<PenaltyOptions> | undefined {
  if (penalty === undefined) return undefined;
  const name = `${who}: penalty`;
  if (typeof penalty !== 'object' || penalty === null)
    throw new MoeError(who, 'penalty must be an object with lambda', penalty);
  expectKnownOptions(name, penalty, ['lambda', 'alpha', 'gate']);
  return {
    lambda: expectNumber(name, 'lambda', penalty.lambda, { min: 0 }),
    alpha: expectNumber(name, 'alpha', penalty.alpha ?? 1, { min: 0, max: 1 }),
    gate: expectBoolean(name, 'gate', penalty.gate ?? false),
  };
}
