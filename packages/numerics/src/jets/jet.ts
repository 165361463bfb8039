import { MoeError } from '@tfjs-moe/core';
import type { Ring } from '../ring/ring.ts';

/**
 * Jet: a number with its gradient and Hessian in the parameters, $(f, \nabla f, \nabla^2 f)$, sparse in the parameters.
 *
 * The hidden unit of an expert depends on a few parameters only; a jet stores derivatives in those, its support, and
 * everything else is a structural zero that costs nothing.
 */
export interface Jet<S> {
  readonly value: S;
  /** Indices of the parameters that the number may depend on, ascending. */
  readonly support: readonly number[];
  /** First derivatives in the order of `support`; empty where no derivatives are carried. */
  readonly gradient: readonly S[];
  /** Second derivatives, the lower triangle over `support` row by row; empty where they are not carried. */
  readonly hessian: readonly S[];
}

/** A number without derivatives: an input or a constant. */
export function constantJet<S>(value: S): Jet<S> {
  return { value, support: [], gradient: [], hessian: [] };
}

/** The parameter with an index. */
export function parameterJet<S>(ring: Ring<S>, index: number, value: S): Jet<S> {
  return { value, support: [index], gradient: [ring.constant(1)], hessian: [ring.constant(0)] };
}

/** $\partial f / \partial\theta_i$, or zero. */
export function firstDerivative<S>(ring: Ring<S>, jet: Jet<S>, i: number): S {
  return jet.gradient[jet.support.indexOf(i)] ?? ring.constant(0);
}

/** $\partial^2 f / \partial\theta_i\partial\theta_j$, or zero; an error where second derivatives were not carried. */
export function secondDerivative<S>(ring: Ring<S>, jet: Jet<S>, i: number, j: number): S {
  if (jet.hessian.length !== packedSize(jet.support.length)) {
    throw new MoeError('secondDerivative', 'the jet must carry second derivatives: take order 2');
  }
  const u = jet.support.indexOf(i);
  const v = jet.support.indexOf(j);
  return u < 0 || v < 0 ? ring.constant(0) : jet.hessian[packed(u, v)]!;
}

/** Place of row u and column v, in any order, in a packed lower triangle. */
export function packed(u: number, v: number): number {
  return u >= v ? (u * (u + 1)) / 2 + v : (v * (v + 1)) / 2 + u;
}

/** Number of entries of a packed lower triangle. */
export function packedSize(rows: number): number {
  return (rows * (rows + 1)) / 2;
}
