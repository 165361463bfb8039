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
  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  div(a: V, b: V): V;
  exp(a: V): V;
  sqrt(a: V): V;
  /** One of the named activations, element by element. */
  activation(name: Activation, a: V): V;
  /** Contraction over the features: $\sum_f a_f b_f$, a value with one feature. */
  dot(a: V, b: V): V;
  /** $x W + b$ with `kernel` a parameter of shape [features of x, features out] and `bias` one of [features out]. */
  affine(x: V, kernel: V, bias?: V): V;
  /** `activation(name, affine(x, kernel, bias))` at once, where an interpretation gains by it. */
  activatedAffine?(name: Activation, x: V, kernel: V, bias?: V): V;
}
