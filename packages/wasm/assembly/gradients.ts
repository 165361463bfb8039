/**
 * What the gradient of a whole layer needs beside the products: of the weighted sums, of the selection and its weights, and
 * of the activations.
 */
import { at } from './address';
import { erfOf, expOf, sigmoidOf } from './functions';
import { expOne, largest, sumOfExp } from './route';
import { addScaledRow, scaleAndDot } from './rows';

// Numbers of the activations, as in activations.ts.
const RELU: i32 = 1, GELU: i32 = 2, GELU_TANH: i32 = 3, TANH: i32 = 4, SIGMOID: i32 = 5, SILU: i32 = 6, SOFTPLUS: i32 = 7;

/**
 * The gradients of y[token[r], :] += weight[r] x[r, :]: toRows[r, :] = weight[r] dy[token[r], :], and toWeights[r] = x[r, :]
 * dy[token[r], :].
 */
export function weightedRowsGradient(
  x: usize, token: usize, weight: usize, dy: usize, toRows: usize, toWeights: usize, rows: i32, units: i32,
): void {
  const bytes = <usize>units << 2;
  for (let r = 0; r < rows; r++) {
    const slope = dy + <usize>load<i32>(at(token, r)) * bytes;
    store<f32>(at(toWeights, r), scaleAndDot(x, slope, load<f32>(at(weight, r)), toRows, bytes));
    x += bytes;
    toRows += bytes;
  }
}

/** y[token[r], :] += x[r, :] for rows of `units` numbers. */
export function addRowsTo(x: usize, token: usize, y: usize, rows: i32, units: i32): void {
  const bytes = <usize>units << 2;
  for (let r = 0; r < rows; r++) addScaledRow(x + <usize>r * bytes, 1, y + <usize>load<i32>(at(token, r)) * bytes, bytes);
}

/**
 * The gradient of the weights to the logits, the selection a constant.
 * @param logits [tokens, experts]
 * @param offsets [experts + 1]; token, weight and the gradient to the weight of each row
 * @param divides whether the weights of the selected are divided by their sum
 * @param room [tokens]
 * @param out [tokens, experts]
 */
export function selectionGradient(
  logits: usize, tokens: i32, experts: i32, offsets: usize, token: usize, weight: usize, toWeights: usize, isSigmoid: bool,
  divides: bool, scale: f32, room: usize, out: usize,
): void {
  memory.fill(room, 0, <usize>tokens << 2);
  memory.fill(out, 0, <usize>tokens * <usize>experts << 2);
  const rows = load<i32>(at(offsets, experts));
  for (let r = 0; r < rows; r++) {
    const sum = at(room, load<i32>(at(token, r)));
    store<f32>(sum, load<f32>(sum) + load<f32>(at(weight, r)) * load<f32>(at(toWeights, r)));
  }
  for (let t = 0; t < tokens && (divides || !isSigmoid); t++) {
    const sum = load<f32>(at(room, t));
    // A share of 0 of what is no number is none.
    if (divides ? abs<f32>(sum) < Infinity : sum == 0) continue;
    // Of a softmax that is not divided, every logit takes part.
    const z = at(logits, t * experts), most = largest(z, experts), whole = sumOfExp(z, most, experts);
    for (let e = 0; e < experts; e++) {
      const share = divides ? <f32>0 : expOne(load<f32>(at(z, e)) - most) / whole;
      store<f32>(at(out, t * experts + e), -sum * share);
    }
  }
  for (let e = 0; e < experts; e++) {
    const end = load<i32>(at(offsets, e), 4);
    for (let r = load<i32>(at(offsets, e)); r < end; r++) {
      const t = load<i32>(at(token, r)), cell = t * experts + e, own = load<f32>(at(weight, r));
      let slope = own * load<f32>(at(toWeights, r));
      if (divides) slope -= own / scale * load<f32>(at(room, t));
      // d log sigmoid(z) = sigmoid(-z) dz
      if (isSigmoid) slope *= f32x4.extract_lane(sigmoidOf(f32x4.splat(-load<f32>(at(logits, cell)))), 0);
      store<f32>(at(out, cell), divides ? slope : load<f32>(at(out, cell)) + slope);
    }
  }
}

/**
 * dh *= the derivative of an activation.
 * @param h what the activation returned; for gelu, geluTanh, SiLU and softplus what it was given
 */
export function activationGradient(which: i32, h: usize, dh: usize, size: i32): void {
  if (which == RELU) multiplyAll(RELU, h, dh, size);
  else if (which == GELU) multiplyAll(GELU, h, dh, size);
  else if (which == GELU_TANH) multiplyAll(GELU_TANH, h, dh, size);
  else if (which == TANH) multiplyAll(TANH, h, dh, size);
  else if (which == SIGMOID) multiplyAll(SIGMOID, h, dh, size);
  else if (which == SILU) multiplyAll(SILU, h, dh, size);
  else if (which == SOFTPLUS) multiplyAll(SOFTPLUS, h, dh, size);
}

// @ts-ignore: decorator
@inline function multiplyAll(WHICH: i32, h: usize, dh: usize, size: i32): void {
  const end = at(h, size & ~3);
  for (; h < end; h += 16) {
    v128.store(dh, slopeOf(WHICH, v128.load(h), v128.load(dh)));
    dh += 16;
  }
  for (let left = size & 3; left > 0; left--) {
    store<f32>(dh, f32x4.extract_lane(slopeOf(WHICH, v128.load_splat<f32>(h), v128.load_splat<f32>(dh)), 0));
    h += 4;
    dh += 4;
  }
}

/** dh times the derivative; the products are those of the composed gradient, so that infinities come to the same. */
// @ts-ignore: decorator
@inline function slopeOf(WHICH: i32, h: v128, dh: v128): v128 {
  const one = f32x4.splat(1);
  // 0 times the number that is not above 0, so that NaN stays NaN.
  if (WHICH == RELU) return f32x4.mul(dh, v128.bitselect(one, f32x4.mul(h, f32x4.splat(0)), f32x4.gt(h, f32x4.splat(0))));
  if (WHICH == TANH) return f32x4.mul(dh, f32x4.sub(one, f32x4.mul(h, h)));
  if (WHICH == SIGMOID) return f32x4.mul(dh, f32x4.mul(h, f32x4.sub(one, h)));
  if (WHICH == SOFTPLUS) return f32x4.mul(dh, sigmoidOf(h));
  // Of a product of h and a function of it.
  const dhh = f32x4.mul(dh, h);
  if (WHICH == GELU) {
    const cdf = f32x4.mul(f32x4.add(erfOf(f32x4.mul(h, f32x4.splat(0.70710678118654752))), one), f32x4.splat(0.5));
    const density = f32x4.mul(expOf(f32x4.mul(f32x4.mul(h, h), f32x4.splat(-0.5))), f32x4.splat(0.39894228040143268));
    return f32x4.add(f32x4.mul(dh, cdf), f32x4.mul(dhh, density));
  }
  // h sigmoid(u), where u is h, or a cubic of it.
  let u = h, slope = one;
  if (WHICH == GELU_TANH) {
    const square = f32x4.mul(h, h), a = f32x4.splat(1.5957691216057308);
    u = f32x4.mul(f32x4.add(h, f32x4.mul(f32x4.mul(h, square), f32x4.splat(0.044715))), a);
    slope = f32x4.mul(f32x4.add(one, f32x4.mul(square, f32x4.splat(0.134145))), a);
  }
  const s = sigmoidOf(u);
  return f32x4.add(f32x4.mul(dh, s), f32x4.mul(f32x4.mul(dhh, slope), f32x4.mul(s, f32x4.sub(one, s))));
}
