import { MoeError } from '@tfjs-moe/core';

/**
 * Effective experts, $e^{H}$ with $H = -\sum_e p_e \log p_e$ the entropy of the shares $p_e$ of the load: E when all are
 * used alike, K when K experts have everything.
 * @param load counts or fractions, one per expert; their sum does not matter
 */
export function effectiveExperts(load: readonly number[]): number {
  const sum = sumOf('effectiveExperts', load);
  return Math.exp(
    load.reduce((entropy, n) => (n > 0 ? entropy - (n / sum) * Math.log(n / sum) : entropy), 0),
  );
}

/** The experts that no token was sent to. */
export function deadExperts(load: readonly number[]): readonly number[] {
  sumOf('deadExperts', load);
  return load.flatMap((n, e) => (n > 0 ? [] : [e]));
}

/** How far loads are from their mean. */
export interface LoadViolation {
  /** Load of the busiest expert over the mean, less 1 (MaxVio): 0 when balanced, E / K - 1 when K experts have everything. */
  readonly max: number;
  /** Load of the idlest expert over the mean, less 1: 0 when balanced, -1 where an expert is dead. */
  readonly min: number;
}

/**
 * Load violation: how far the busiest and the idlest expert are from the mean load.
 *
 * Source: Wang et al., "Auxiliary-Loss-Free Load Balancing Strategy for Mixture-of-Experts" (2024), section 4.1, of the
 * busiest.
 */
export function loadViolation(load: readonly number[]): LoadViolation {
  const mean = sumOf('loadViolation', load) / load.length;
  if (mean === 0) return { max: 0, min: 0 };
  return { max: Math.max(...load) / mean - 1, min: Math.min(...load) / mean - 1 };
}

function sumOf(who: string, load: readonly number[]): number {
  const isLoad = Array.isArray(load) && load.length > 0 && load.every((n) => Number.isFinite(n) && n >= 0);
  if (!isLoad) throw new MoeError(who, 'load must be a list of numbers of at least 0, one per expert', load);
  return load.reduce((sum, n) => sum + n, 0);
}
