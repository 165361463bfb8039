/**
 * Multiplications and additions that never leave the registers: what 128-bit vectors of this machine can do at most.
 * Thirteen chains hide the latency of one multiplication and one addition, two constants make fifteen live vectors.
 */
export function peak(turns: i32, times: f32, plus: f32): f32 {
  const a = f32x4.splat(times),
    b = f32x4.splat(plus);
  let c0 = b,
    c1 = a,
    c2 = b,
    c3 = a,
    c4 = b,
    c5 = a,
    c6 = b,
    c7 = a,
    c8 = b,
    c9 = a,
    c10 = b,
    c11 = a,
    c12 = b;
  for (let i = 0; i < turns; i++) {
    c0 = f32x4.add(f32x4.mul(c0, a), b);
    c1 = f32x4.add(f32x4.mul(c1, a), b);
    c2 = f32x4.add(f32x4.mul(c2, a), b);
    c3 = f32x4.add(f32x4.mul(c3, a), b);
    c4 = f32x4.add(f32x4.mul(c4, a), b);
    c5 = f32x4.add(f32x4.mul(c5, a), b);
    c6 = f32x4.add(f32x4.mul(c6, a), b);
    c7 = f32x4.add(f32x4.mul(c7, a), b);
    c8 = f32x4.add(f32x4.mul(c8, a), b);
    c9 = f32x4.add(f32x4.mul(c9, a), b);
    c10 = f32x4.add(f32x4.mul(c10, a), b);
    c11 = f32x4.add(f32x4.mul(c11, a), b);
    c12 = f32x4.add(f32x4.mul(c12, a), b);
  }
  const sum = f32x4.add(
    f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)),
    f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)),
  );
  return f32x4.extract_lane(
    f32x4.add(sum, f32x4.add(f32x4.add(c8, c9), f32x4.add(f32x4.add(c10, c11), c12))),
    0,
  );
}
