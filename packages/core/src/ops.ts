import type { Activation } from './activation.ts';

/**
 * Ops, the algebra that routers and experts are written in.
 *
 * A definition such as $h(x) = \sigma(a^\top x + b)$ is written once against `Ops<V>` and then interpreted: on tfjs
 * tensors to train, on plain float64 arrays to test, on derivatives to estimate, on exact numbers to prove. `V` is a
 * value with a last axis of features; every other axis (tokens, experts, derivatives, precision) belongs to the
 * interpretation. A value with one feature broadcasts against a value with many.
 *
 * `affine` is the only heavy operation, so whoever interprets it decides what it costs.
 *
 * The arithmetic of routers and experts. Keep it this small: a new operation must earn its place everywhere.
 */
export interface Ops<V> {
  /** A number that does not depend on the input or on any parameter. */
  constant(value: number): V;
  /** Only where guards are told from other numbers: take the function `guard`, which does without. */
  readonly guard?: ((value: number) => V) | undefined;
  /** $a + b$, as all that follow element by element. */
  add(a: V, b: V): V;
  /** $a - b$. */
  sub(a: V, b: V): V;
  /** $a b$. */
  mul(a: V, b: V): V;
  /** $a / b$. */
  div(a: V, b: V): V;
  /** $e^a$. */
  exp(a: V): V;
  /**
   * $\log a$ of positive numbers. Probabilities below the range of floating point are 0: of 0, arrays and tensors take the
   * logarithm of their smallest normal number, so that $p \log p$ is 0 there and has a gradient. At single points, where
   * derivatives are taken or exact numbers are computed with, 0 has no logarithm.
   */
  log(a: V): V;
  /** $\sqrt a$ of numbers that are not negative. */
  sqrt(a: V): V;
  /** One of the named activations, element by element. */
  activation(name: Activation, a: V): V;
  /** The features with these indices, in their order: of one to as many as are wanted, and one may be named twice. */
  take(a: V, features: readonly number[]): V;
  /** Contraction over the features: $\sum_f a_f b_f$, a value with one feature. */
  dot(a: V, b: V): V;
  /**
   * $x W + b$, activated where an activation is named: $\sigma(x W + b)$. `kernel` is a parameter of shape [features of x,
   * features out] and `bias` one of [features out].
   */
  affine(x: V, kernel: V, bias?: V, activation?: Activation): V;
}
