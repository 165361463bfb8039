import type { Elementary } from '../activations/elementary.ts';
import type { Order } from './ring.ts';

/** What the derivatives are made of. */
export interface Field<S> {
  constant(value: number): S;
  add(a: S, b: S): S;
  sub(a: S, b: S): S;
  mul(a: S, b: S): S;
  reciprocal(a: S): S;
  sqrt(a: S): S;
  exp(a: S): S;
  log(a: S): S;
  /** $\varphi(a)$ */
  normalDensity(a: S): S;
  /** $\Phi(a)$ */
  normalCdf(a: S): S;
  /** $2\sqrt{2/\pi}$, the slope of the tanh form of GELU. */
  geluSlope(): S;
  /** Whether a number is better thought of as negative. */
  negative(a: S): boolean;
  /** Whether $a > 0$, for ReLU; an error where that cannot be decided. */
  positive(a: S): boolean;
}

/**
 * Derivatives of every elementary function from a handful: whoever has exp, log, the square root, the reciprocal and
 * the normal law has the activations of Ops with their first two derivatives.
 *
 * The logistic family is written in $e^{-|z|}$, so that nothing overflows. `negative` only chooses between two formulas
 * that are both true, so rigorous arithmetic stays rigorous where the sign of a number is not known.
 *
 * $f(a), f'(a), \dots$ of any elementary function over a field.
 */
export function derivativesOver<S>(field: Field<S>): (name: Elementary, a: S, order: Order) => S[] {
  const { constant, add, sub, mul, reciprocal, sqrt, exp, log, normalCdf, normalDensity } = field;
  const zero = constant(0);
  const one = constant(1);
  const two = constant(2);
  const negated = (a: S) => sub(zero, a);

  /** The logistic function with its derivatives, and $e^{-|a|}$. */
  function logistic(a: S) {
    const left = field.negative(a);
    const e = exp(left ? a : negated(a));
    const inverse = reciprocal(add(one, e));
    const value = left ? mul(e, inverse) : inverse;
    const first = mul(e, mul(inverse, inverse));
    return { left, e, value, first, second: mul(first, sub(one, mul(two, value))) };
  }

  /** $a f(a)$ from $f, f', f''$ at a. */
  const timesArgument = (a: S, f: S, first: S, second: S) => [
    mul(a, f),
    add(f, mul(a, first)),
    add(mul(two, first), mul(a, second)),
  ];

  const all: Record<Elementary, (a: S) => S[]> = {
    identity: (a) => [a, one, zero],
    relu: (a) => (field.positive(a) ? [a, one, zero] : [zero, zero, zero]),
    gelu(a) {
      const below = normalCdf(a);
      const density = normalDensity(a);
      return [mul(a, below), add(below, mul(a, density)), mul(density, sub(two, mul(a, a)))];
    },
    geluTanh(a) {
      const square = mul(a, a);
      const cubic = mul(constant(44715), reciprocal(constant(1e6)));
      const slope = field.geluSlope();
      const inner = mul(slope, add(one, mul(constant(3), mul(cubic, square))));
      const s = logistic(mul(slope, mul(a, add(one, mul(cubic, square)))));
      const bend = mul(slope, mul(constant(6), mul(cubic, a)));
      const first = mul(s.first, inner);
      const second = add(mul(s.second, mul(inner, inner)), mul(s.first, bend));
      return timesArgument(a, s.value, first, second);
    },
    tanh(a) {
      const s = logistic(mul(two, a));
      const value = sub(mul(two, s.value), one);
      const first = mul(constant(4), s.first);
      return [value, first, negated(mul(two, mul(value, first)))];
    },
    sigmoid(a) {
      const { value, first, second } = logistic(a);
      return [value, first, second];
    },
    silu(a) {
      const { value, first, second } = logistic(a);
      return timesArgument(a, value, first, second);
    },
    softplus(a) {
      const { left, e, value, first } = logistic(a);
      const rest = log(add(one, e));
      return [left ? rest : add(a, rest), value, first];
    },
    exp(a) {
      const value = exp(a);
      return [value, value, value];
    },
    log(a) {
      const inverse = reciprocal(a);
      return [log(a), inverse, negated(mul(inverse, inverse))];
    },
    sqrt(a) {
      const root = sqrt(a);
      const first = reciprocal(mul(two, root));
      return [root, first, negated(mul(first, reciprocal(mul(two, a))))];
    },
    reciprocal(a) {
      const value = reciprocal(a);
      const square = mul(value, value);
      return [value, negated(square), mul(two, mul(square, value))];
    },
    normalCdf(a) {
      const density = normalDensity(a);
      return [normalCdf(a), density, negated(mul(a, density))];
    },
  };
  // A value alone must not ask for more than it needs: 1 / sqrt(0) does not exist, sqrt(0) does.
  const values: Partial<Record<Elementary, (a: S) => S>> = { exp, log, sqrt, reciprocal, normalCdf };
  return (name, a, order) => {
    const alone = order === 0 ? values[name] : undefined;
    return alone ? [alone(a)] : all[name](a).slice(0, order + 1);
  };
}
