import type { Activation } from '../activation.ts';
import { entryOf } from '../entry-of.ts';
import type { Ops } from '../ops.ts';
import { arrayActivations } from './activations.ts';
import { type ArrayValue, at, broadcast, build } from './value.ts';

/** The smallest normal number of float64. */
const SMALLEST = 2 ** -1022;

/**
 * The plain-array interpretation of Ops: float64, naive loops, no dependency. It is the oracle that every other
 * interpretation is held against, and enough to evaluate a router or an expert where speed does not matter.
 */
export const arrayOps: Ops<ArrayValue> = Object.freeze({
  constant: (value: number) => ({
    tokens: 1,
    experts: 1,
    rows: 1,
    features: 1,
    data: Float64Array.of(value),
  }),
  add: (a: ArrayValue, b: ArrayValue) => zip(a, b, (u, v) => u + v),
  sub: (a: ArrayValue, b: ArrayValue) => zip(a, b, (u, v) => u - v),
  mul: (a: ArrayValue, b: ArrayValue) => zip(a, b, (u, v) => u * v),
  div: (a: ArrayValue, b: ArrayValue) => zip(a, b, (u, v) => u / v),
  exp: (a: ArrayValue) => map(a, Math.exp),
  log: (a: ArrayValue) => map(a, (value) => Math.log(value === 0 ? SMALLEST : value)),
  sqrt: (a: ArrayValue) => map(a, Math.sqrt),
  activation: activated,
  take,
  dot,
  affine,
});

/** Applies a named activation to every entry. */
function activated(name: Activation, a: ArrayValue): ArrayValue {
  return map(a, entryOf('Ops', 'activation', arrayActivations, name));
}

/** Applies a function to every entry. */
export function map(a: ArrayValue, entry: (value: number) => number): ArrayValue {
  return { ...a, data: a.data.map(entry) };
}

/** Combines two values entry by entry, with broadcasting. */
export function zip(a: ArrayValue, b: ArrayValue, entry: (u: number, v: number) => number): ArrayValue {
  const shape = {
    tokens: broadcast(a.tokens, b.tokens, 'tokens'),
    experts: broadcast(a.experts, b.experts, 'experts'),
    rows: broadcast(a.rows, b.rows, 'rows'),
    features: broadcast(a.features, b.features, 'features'),
  };
  return build(shape, (t, e, r, f) => entry(at(a, t, e, r, f), at(b, t, e, r, f)));
}

function take(a: ArrayValue, features: readonly number[]): ArrayValue {
  return build({ ...a, features: features.length }, (t, e, r, f) => at(a, t, e, r, features[f]!));
}

function dot(a: ArrayValue, b: ArrayValue): ArrayValue {
  const products = zip(a, b, (u, v) => u * v);
  return build({ ...products, features: 1 }, (t, e) => {
    let sum = 0;
    for (let f = 0; f < products.features; f++) sum += at(products, t, e, 0, f);
    return sum;
  });
}

function affine(x: ArrayValue, kernel: ArrayValue, bias?: ArrayValue, activation?: Activation): ArrayValue {
  broadcast(x.features, kernel.rows, 'features in');
  const experts = broadcast(x.experts, kernel.experts, 'experts');
  const shape = {
    tokens: x.tokens,
    experts: broadcast(experts, bias?.experts ?? 1, 'experts'),
    rows: 1,
    features: kernel.features,
  };
  const y = build(shape, (t, e, _row, h) => {
    let sum = bias === undefined ? 0 : at(bias, t, e, 0, h);
    for (let d = 0; d < kernel.rows; d++) sum += at(x, t, e, 0, d) * at(kernel, 0, e, d, h);
    return sum;
  });
  return activation === undefined ? y : activated(activation, y);
}
