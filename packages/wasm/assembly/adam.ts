/** A step of Adam on the numbers of one variable, each operation rounded as tfjs rounds it. */

/**
 * @param first, second the means of the gradients and of their squares; new ones go beside them, and the new value
 * @param decay1, own1 what is kept of the first mean, and what is taken of the gradient; so for the second
 * @param whole1, whole2 what the means are divided by
 * @param rate the step size, negative
 */
export function adam(
  value: usize, gradient: usize, first: usize, second: usize, newValue: usize, newFirst: usize, newSecond: usize, size: i32,
  decay1: f32, own1: f32, decay2: f32, own2: f32, whole1: f32, whole2: f32, epsilon: f32, rate: f32,
): void {
  let i: usize = 0;
  for (const end = <usize>(size & ~3) << 2; i < end; i += 16) {
    const g = v128.load(gradient + i);
    const m = f32x4.add(f32x4.mul(v128.load(first + i), f32x4.splat(decay1)), f32x4.mul(g, f32x4.splat(own1)));
    const v = f32x4.add(
      f32x4.mul(v128.load(second + i), f32x4.splat(decay2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(own2)),
    );
    const root = f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(whole2))), f32x4.splat(epsilon));
    const change = f32x4.mul(f32x4.div(f32x4.div(m, f32x4.splat(whole1)), root), f32x4.splat(rate));
    v128.store(newFirst + i, m);
    v128.store(newSecond + i, v);
    v128.store(newValue + i, f32x4.add(change, v128.load(value + i)));
  }
  for (const end = <usize>size << 2; i < end; i += 4) {
    const g = load<f32>(gradient + i);
    const m = load<f32>(first + i) * decay1 + g * own1, v = load<f32>(second + i) * decay2 + g * g * own2;
    store<f32>(newFirst + i, m);
    store<f32>(newSecond + i, v);
    store<f32>(newValue + i, m / whole1 / (sqrt<f32>(v / whole2) + epsilon) * rate + load<f32>(value + i));
  }
}
