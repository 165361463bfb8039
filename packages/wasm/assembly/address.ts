/**
 * Addresses and small arithmetic. Every pointer is a byte address in the memory of tfjs-backend-wasm; the module owns no
 * memory, has no data segment, no start function and no runtime.
 */

/** Address of entry i of an array of floats or 32-bit integers. */
// @ts-ignore: decorator
@inline export function at(base: usize, i: i32): usize {
  return base + ((<usize>i) << 2);
}

// @ts-ignore: decorator
@inline export function least(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

// @ts-ignore: decorator
@inline export function most(a: i32, b: i32): i32 {
  return a > b ? a : b;
}

/** c + a b. Two roundings, as everywhere in WebAssembly without relaxed SIMD: results are the same on every machine. */
// @ts-ignore: decorator
@inline export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(c, f32x4.mul(a, b));
}

/** The sum of four lanes, in a fixed order. */
// @ts-ignore: decorator
@inline export function sumLanes(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 2) + (f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 3))
  );
}
