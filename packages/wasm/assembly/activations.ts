/**
 * The activations of experts, in place. Each is the formula, operation by operation, that layers compose of the kernels of
 * tfjs and of this package, so that both come to the same bits.
 */
import { at } from './address';
import { erfOf, sigmoidOf, softplusOf, tanhOf } from './functions';

// Numbers of the activations, as the JavaScript side knows them.
const RELU: i32 = 1, GELU: i32 = 2, GELU_TANH: i32 = 3, TANH: i32 = 4, SIGMOID: i32 = 5, SILU: i32 = 6, SOFTPLUS: i32 = 7;

/** h = act(h) for `size` numbers; 0 is the identity. */
export function activate(which: i32, h: usize, size: i32): void {
  if (which == RELU) activateAll(RELU, h, size);
  else if (which == GELU) activateAll(GELU, h, size);
  else if (which == GELU_TANH) activateAll(GELU_TANH, h, size);
  else if (which == TANH) activateAll(TANH, h, size);
  else if (which == SIGMOID) activateAll(SIGMOID, h, size);
  else if (which == SILU) activateAll(SILU, h, size);
  else if (which == SOFTPLUS) activateAll(SOFTPLUS, h, size);
}

// @ts-ignore: decorator
@inline function activateAll(WHICH: i32, h: usize, size: i32): void {
  const end = at(h, size & ~3);
  for (; h < end; h += 16) v128.store(h, activated(WHICH, v128.load(h)));
  for (let left = size & 3; left > 0; left--) {
    store<f32>(h, f32x4.extract_lane(activated(WHICH, v128.load_splat<f32>(h)), 0));
    h += 4;
  }
}

// @ts-ignore: decorator
@inline function activated(WHICH: i32, z: v128): v128 {
  if (WHICH == RELU) return f32x4.max(z, f32x4.splat(0));
  if (WHICH == GELU) {
    const cdf = f32x4.mul(f32x4.add(erfOf(f32x4.mul(z, f32x4.splat(0.70710678118654752))), f32x4.splat(1)), f32x4.splat(0.5));
    return f32x4.mul(z, cdf);
  }
  if (WHICH == GELU_TANH) {
    const cube = f32x4.mul(z, f32x4.mul(z, z)), inner = f32x4.add(z, f32x4.mul(cube, f32x4.splat(0.044715)));
    return f32x4.mul(z, sigmoidOf(f32x4.mul(inner, f32x4.splat(1.5957691216057308))));
  }
  if (WHICH == TANH) return tanhOf(z);
  if (WHICH == SIGMOID) return sigmoidOf(z);
  if (WHICH == SILU) return f32x4.mul(z, sigmoidOf(z));
  return softplusOf(z);
}
