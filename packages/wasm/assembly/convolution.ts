/**
 * The gradients of a 2-D convolution (NHWC) as matrix products: the part of the input that one output number sees is a
 * patch, a row of filterHeight x filterWidth x channels numbers. The gradient to the filter is $P^T dY$ over all patches,
 * the gradient to the input adds $dY W^T$ back to where the patches came from. Patches exist for 256 outputs at a time.
 */
import { least } from './address';
import { product } from './grouped-product';
import { addProduct } from './kernel-gradient';
import { BLOCK_ROWS, ZEROS } from './workspace';

// What `geometry` holds, in this order.
export const BATCH: usize = 0, IN_HEIGHT: usize = 4, IN_WIDTH: usize = 8, IN_CHANNELS: usize = 12;
export const OUT_HEIGHT: usize = 16, OUT_WIDTH: usize = 20, OUT_CHANNELS: usize = 24;
export const FILTER_HEIGHT: usize = 28, FILTER_WIDTH: usize = 32, STRIDE_HEIGHT: usize = 36, STRIDE_WIDTH: usize = 40;
export const DILATION_HEIGHT: usize = 44, DILATION_WIDTH: usize = 48, PAD_TOP: usize = 52, PAD_LEFT: usize = 56;

/** Bytes of `patches` that both gradients need. */
export function patchBytes(geometry: usize): i32 {
  return (BLOCK_ROWS * patchSize(geometry)) << 2;
}

/** gradient [filterHeight, filterWidth, inChannels, outChannels] from x and dy. */
export function filterGradient(
  x: usize, dy: usize, gradient: usize, geometry: usize, patches: usize, workspace: usize,
): void {
  const size = patchSize(geometry), channels = load<i32>(geometry, OUT_CHANNELS), total = outputs(geometry);
  memory.fill(workspace + ZEROS, 0, 32);
  if (total == 0) memory.fill(gradient, 0, <usize>size * <usize>channels << 2);
  for (let first = 0; first < total; first += BLOCK_ROWS) {
    const count = least(BLOCK_ROWS, total - first);
    movePatches(false, x, patches, geometry, first, count);
    addProduct(patches, count, dy + (<usize>first * <usize>channels << 2), gradient, size, channels, 0, size, first > 0, workspace);
  }
}

/** gradient [batch, inHeight, inWidth, inChannels] from dy and the filter. */
export function inputGradient(
  dy: usize, filter: usize, gradient: usize, geometry: usize, patches: usize, workspace: usize,
): void {
  const size = patchSize(geometry), channels = load<i32>(geometry, OUT_CHANNELS), total = outputs(geometry);
  const inputs = <usize>load<i32>(geometry, BATCH) * <usize>load<i32>(geometry, IN_HEIGHT) *
    <usize>load<i32>(geometry, IN_WIDTH) * <usize>load<i32>(geometry, IN_CHANNELS);
  memory.fill(workspace + ZEROS, 0, 32);
  memory.fill(gradient, 0, inputs << 2);
  for (let first = 0; first < total; first += BLOCK_ROWS) {
    const count = least(BLOCK_ROWS, total - first);
    product(dy + (<usize>first * <usize>channels << 2), count, filter, 0, patches, channels, size, true, false, workspace);
    movePatches(true, gradient, patches, geometry, first, count);
  }
}

function patchSize(geometry: usize): i32 {
  return load<i32>(geometry, FILTER_HEIGHT) * load<i32>(geometry, FILTER_WIDTH) * load<i32>(geometry, IN_CHANNELS);
}

function outputs(geometry: usize): i32 {
  return load<i32>(geometry, BATCH) * load<i32>(geometry, OUT_HEIGHT) * load<i32>(geometry, OUT_WIDTH);
}

/** Copies the patches of `count` outputs out of an image, zeros beyond its edge; or adds them back to it. */
function movePatches(back: bool, image: usize, patches: usize, geometry: usize, first: i32, count: i32): void {
  const inHeight = load<i32>(geometry, IN_HEIGHT), inWidth = load<i32>(geometry, IN_WIDTH);
  const outHeight = load<i32>(geometry, OUT_HEIGHT), outWidth = load<i32>(geometry, OUT_WIDTH);
  const filterHeight = load<i32>(geometry, FILTER_HEIGHT), filterWidth = load<i32>(geometry, FILTER_WIDTH);
  const bytes = <usize>load<i32>(geometry, IN_CHANNELS) << 2, rowBytes = <usize>filterWidth * bytes;
  const dilationWidth = load<i32>(geometry, DILATION_WIDTH);
  for (let output = first; output < first + count; output++) {
    const column = output % outWidth, rest = output / outWidth;
    const top = (rest % outHeight) * load<i32>(geometry, STRIDE_HEIGHT) - load<i32>(geometry, PAD_TOP);
    const left = column * load<i32>(geometry, STRIDE_WIDTH) - load<i32>(geometry, PAD_LEFT);
    const from = image + <usize>(rest / outHeight) * <usize>inHeight * <usize>inWidth * bytes;
    for (let i = 0; i < filterHeight; i++) {
      const y = top + i * load<i32>(geometry, DILATION_HEIGHT);
      const line = from + <usize>y * <usize>inWidth * bytes;
      for (let j = 0; j < filterWidth; j++) {
        const x = left + j * dilationWidth;
        const inside = y >= 0 && y < inHeight && x >= 0 && x < inWidth;
        const at = patches + <usize>j * bytes;
        if (back) {
          if (inside) addNumbers(at, line + <usize>x * bytes, bytes);
        } else if (inside) copyNumbers(line + <usize>x * bytes, at, bytes);
        else memory.fill(at, 0, bytes);
      }
      patches += rowBytes;
    }
  }
}

// @ts-ignore: decorator
@inline function copyNumbers(from: usize, to: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}

// @ts-ignore: decorator
@inline function addNumbers(from: usize, to: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
}
