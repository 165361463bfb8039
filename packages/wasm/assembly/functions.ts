/**
 * exp, tanh, erf, the sigmoid and the softplus, four numbers at a time. NaN stays NaN, infinities give the limits.
 *
 * exp: $2^n e^r$ with $|r| \le \ln 2 / 2$ and the polynomial of Cephes (`expf`), 1 unit in the last place. tanh and erf:
 * odd rational functions of degree 13 over 6 and 13 over 8 on the range where float32 is not yet 1, as in Eigen
 * (`generic_fast_tanh_float`, `generic_fast_erf_float`), 7 and 8 units in the last place.
 */

/** y = exp(x) for `size` numbers. */
export function exp(x: usize, y: usize, size: i32): void {
  apply(0, x, y, size);
}

/** y = tanh(x). */
export function tanh(x: usize, y: usize, size: i32): void {
  apply(1, x, y, size);
}

/** y = erf(x). */
export function erf(x: usize, y: usize, size: i32): void {
  apply(2, x, y, size);
}

/** y = 1 / (1 + exp(-x)). */
export function sigmoid(x: usize, y: usize, size: i32): void {
  apply(3, x, y, size);
}

// @ts-ignore: decorator
@inline function apply(WHICH: i32, x: usize, y: usize, size: i32): void {
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    v128.store(y, value(WHICH, v128.load(x)));
    x += 16;
    y += 16;
  }
  for (; i < size; i++) {
    store<f32>(y, f32x4.extract_lane(value(WHICH, v128.load_splat<f32>(x)), 0));
    x += 4;
    y += 4;
  }
}

// @ts-ignore: decorator
@inline function value(WHICH: i32, x: v128): v128 {
  return WHICH == 0 ? expOf(x) : WHICH == 1 ? tanhOf(x) : WHICH == 2 ? erfOf(x) : sigmoidOf(x);
}

// @ts-ignore: decorator
@inline function horner(sum: v128, z: v128, next: f32): v128 {
  return f32x4.add(f32x4.mul(sum, z), f32x4.splat(next));
}

// @ts-ignore: decorator
@inline function clamped(x: v128, low: f32, high: f32): v128 {
  return f32x4.max(f32x4.min(x, f32x4.splat(high)), f32x4.splat(low));
}

/** log(1 + u) for u from 0 to 1: twice the inverse hyperbolic tangent of u / (2 + u), so that small u lose nothing. */
// @ts-ignore: decorator
@inline export function log1pOf(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(f32x4.splat(2), u)), z = f32x4.mul(s, s);
  let p = f32x4.splat(<f32>(2.0 / 15.0));
  p = horner(p, z, <f32>(2.0 / 13.0));
  p = horner(p, z, <f32>(2.0 / 11.0));
  p = horner(p, z, <f32>(2.0 / 9.0));
  p = horner(p, z, <f32>(2.0 / 7.0));
  p = horner(p, z, <f32>(2.0 / 5.0));
  p = horner(p, z, <f32>(2.0 / 3.0));
  p = horner(p, z, 2);
  return f32x4.mul(s, p);
}

/** 1 / (1 + exp(-x)). */
// @ts-ignore: decorator
@inline export function sigmoidOf(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, expOf(f32x4.neg(x))));
}

/** log(1 + exp(x)). */
// @ts-ignore: decorator
@inline export function softplusOf(x: v128): v128 {
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), log1pOf(expOf(f32x4.neg(f32x4.abs(x)))));
}

// @ts-ignore: decorator
@inline export function expOf(value: v128): v128 {
  // Beyond these bounds the result is 0 or infinite, through denormal numbers.
  const x = clamped(value, -104, 89);
  const n = f32x4.floor(f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), f32x4.splat(0.5)));
  // ln 2 in two parts, so that n times the first is exact.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = horner(p, r, 1.3981999507e-3);
  p = horner(p, r, 8.3334519073e-3);
  p = horner(p, r, 4.1665795894e-2);
  p = horner(p, r, 1.6666665459e-1);
  p = horner(p, r, 5.0000001201e-1);
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  // 2^n as a product of two, because n may lie outside the exponents of float32.
  const whole = i32x4.trunc_sat_f32x4_s(n), half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

// @ts-ignore: decorator
@inline function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

// @ts-ignore: decorator
@inline export function tanhOf(value: v128): v128 {
  const x = clamped(value, -7.90531110763549805, 7.90531110763549805), z = f32x4.mul(x, x);
  let p = f32x4.splat(-2.76076847742355e-16);
  p = horner(p, z, 2.00018790482477e-13);
  p = horner(p, z, -8.60467152213735e-11);
  p = horner(p, z, 5.12229709037114e-8);
  p = horner(p, z, 1.48572235717979e-5);
  p = horner(p, z, 6.37261928875436e-4);
  p = horner(p, z, 4.89352455891786e-3);
  let q = f32x4.splat(1.19825839466702e-6);
  q = horner(q, z, 1.18534705686654e-4);
  q = horner(q, z, 2.26843463243900e-3);
  q = horner(q, z, 4.89352518554385e-3);
  return f32x4.div(f32x4.mul(x, p), q);
}

// @ts-ignore: decorator
@inline export function erfOf(value: v128): v128 {
  const x = clamped(value, -4, 4), z = f32x4.mul(x, x);
  let p = f32x4.splat(-2.72614225801306e-10);
  p = horner(p, z, 2.77068142495902e-8);
  p = horner(p, z, -2.10102402082508e-6);
  p = horner(p, z, -5.69250639462346e-5);
  p = horner(p, z, -7.34990630326855e-4);
  p = horner(p, z, -2.95459980854025e-3);
  p = horner(p, z, -1.60960333262415e-2);
  let q = f32x4.splat(-1.45660718464996e-5);
  q = horner(q, z, -2.13374055278905e-4);
  q = horner(q, z, -1.68282697438203e-3);
  q = horner(q, z, -7.37332916720468e-3);
  q = horner(q, z, -1.42647390514189e-2);
  // The quotient passes 1 by a rounding.
  return clamped(f32x4.div(f32x4.mul(x, p), q), -1, 1);
}
