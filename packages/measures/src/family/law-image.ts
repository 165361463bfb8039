import type { Ops } from '@tfjs-moe/core';

/** The name of the image that is the density itself. */
export const DENSITY = 'the density at s, without its constant factor';

/** What an image is told besides the expert's outputs. */
export interface ImageContext<V> {
  /** The number beside the outputs, as `dispersion` of the image says; nothing of a family without one. */
  readonly dispersion: V | undefined;
  /** Of a binomial response. */
  readonly trials: number;
  /** Of a class. */
  readonly classes: number;
}

/**
 * A law as theory judges it: a function $\ell(s; h, \varphi)$ over `Ops`, the image of $f(\cdot\,; h, \varphi)$ under a linear
 * map that no finite sum of laws and their derivatives is lost in. The density itself, or a transform that determines it.
 *
 * Densities are tied by a linear relation if and only if their images are, so a verdict on images is one on densities;
 * and images need neither factorials nor gamma functions.
 */
export interface LawImage {
  /** What it is, in words: `E exp(s y)`. */
  readonly name: string;
  /** Numbers in s: 1 of most, one less than the classes of a class. */
  arguments(classes: number): number;
  /**
   * $\ell$, one feature.
   * @param outputs of one expert; of classes those of all but the last, relative to it
   * @param s at which
   */
  of<V>(ops: Ops<V>, outputs: V, s: V, context: ImageContext<V>): V;
  /** $K(y, s)$ where $\ell = \mathrm{E}\,K(y, s)$; nothing where $\ell$ is the density at s, up to a constant factor. */
  kernel?(y: number, s: readonly number[]): number;
  /**
   * Of a density that is known up to a constant factor: of which laws it is one. Laws of different kinds, whatever their
   * parameters, share no equation at all, so that where they stand beside each other their factors do not matter. Nothing where
   * that is not known.
   */
  readonly lawsOf?: string;
  /** The number that it takes beside the outputs: its name, and what it is of the family's own dispersion. */
  readonly dispersion?: { readonly name: string; of(dispersion: number): number };
}

/** $a^n$ for an integer n of at least 1. */
export function integerPower<V>(ops: Pick<Ops<V>, 'mul'>, a: V, n: number): V {
  const half = n > 1 ? integerPower(ops, a, Math.floor(n / 2)) : a;
  if (n === 1) return a;
  const even = ops.mul(half, half);
  return n % 2 === 0 ? even : ops.mul(even, a);
}

/** $(1 + s^2 e^h / \alpha)^{-\alpha}$: Laplace's transform of a gamma law with mean $e^h$ and shape $\alpha$, at $s^2$. */
export function gammaTransform<V>(ops: Ops<V>, h: V, s: V, shape: V): V {
  const odds = ops.div(ops.mul(ops.mul(s, s), ops.exp(h)), shape);
  const log = ops.log(ops.add(ops.constant(1), odds));
  return ops.exp(ops.sub(ops.constant(0), ops.mul(shape, log)));
}
