/**
 * The loops behind a program: each combines whole columns of n points. They are all the time that an estimator spends.
 */
import { type Elementary, elementary } from '@tfjs-moe/numerics';

type Numbers = Float64Array;

/** out = s a + c */
export function setScaled(out: Numbers, a: Numbers, s: number, c: number, n: number): void {
  for (let i = 0; i < n; i++) out[i] = a[i]! * s + c;
}

/** out = s a + t b + c */
export function setScaledPair(
  out: Numbers,
  a: Numbers,
  s: number,
  b: Numbers,
  t: number,
  c: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[i] = a[i]! * s + b[i]! * t + c;
}

/** out += s a */
export function addScaled(out: Numbers, a: Numbers, s: number, n: number): void {
  for (let i = 0; i < n; i++) out[i] = out[i]! + a[i]! * s;
}

/** out = a b + c */
export function setProduct(out: Numbers, a: Numbers, b: Numbers, c: number, n: number): void {
  for (let i = 0; i < n; i++) out[i] = a[i]! * b[i]! + c;
}

/** out += a b */
export function addProduct(out: Numbers, a: Numbers, b: Numbers, n: number): void {
  for (let i = 0; i < n; i++) out[i] = out[i]! + a[i]! * b[i]!;
}

export function setGreater(out: Numbers, a: Numbers, b: Numbers, n: number): void {
  for (let i = 0; i < n; i++) out[i] = a[i]! > b[i]! ? 1 : 0;
}

export function setLarger(out: Numbers, a: Numbers, b: Numbers, n: number): void {
  for (let i = 0; i < n; i++) out[i] = Math.max(a[i]!, b[i]!);
}

const buffer = new Float64Array(3);

/** out = f(a) and, where it is wanted, slope = f'(a). */
export function setApplied(
  name: Elementary,
  out: Numbers,
  slope: Numbers | undefined,
  a: Numbers,
  n: number,
): void {
  // The two that gates are made of, without the call per point.
  if (name === 'exp') {
    for (let i = 0; i < n; i++) out[i] = Math.exp(a[i]!);
    if (slope !== undefined && slope !== out) slope.set(out.subarray(0, n));
    return;
  }
  if (name === 'reciprocal') {
    for (let i = 0; i < n; i++) out[i] = 1 / a[i]!;
    if (slope !== undefined) for (let i = 0; i < n; i++) slope[i] = -out[i]! * out[i]!;
    return;
  }
  const of = elementary[name];
  if (slope === undefined) {
    for (let i = 0; i < n; i++) {
      of(a[i]!, buffer);
      out[i] = buffer[0]!;
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    of(a[i]!, buffer);
    out[i] = buffer[0]!;
    slope[i] = buffer[1]!;
  }
}
