/**
 * The gradient of max pooling (NHWC): each slope goes to the first largest number that its output saw, NaN passed over, and
 * to the first of all where none is above minus infinity.
 */
import { at } from './address';
import {
  BATCH, DILATION_HEIGHT, DILATION_WIDTH, FILTER_HEIGHT, FILTER_WIDTH, IN_CHANNELS, IN_HEIGHT, IN_WIDTH, OUT_HEIGHT,
  OUT_WIDTH, PAD_LEFT, PAD_TOP, STRIDE_HEIGHT, STRIDE_WIDTH,
} from './convolution';

/** gradient [batch, inHeight, inWidth, channels] from x and dy. */
export function maxPoolGradient(x: usize, dy: usize, gradient: usize, geometry: usize): void {
  const inHeight = load<i32>(geometry, IN_HEIGHT), inWidth = load<i32>(geometry, IN_WIDTH);
  const outHeight = load<i32>(geometry, OUT_HEIGHT), outWidth = load<i32>(geometry, OUT_WIDTH);
  const channels = load<i32>(geometry, IN_CHANNELS), imageBytes = <usize>(inHeight * inWidth * channels) << 2;
  const rowStep = load<i32>(geometry, DILATION_HEIGHT), columnStep = load<i32>(geometry, DILATION_WIDTH);
  const taps = load<i32>(geometry, FILTER_HEIGHT), columns = load<i32>(geometry, FILTER_WIDTH);
  memory.fill(gradient, 0, <usize>load<i32>(geometry, BATCH) * imageBytes);
  for (let batch = 0; batch < load<i32>(geometry, BATCH); batch++) {
    for (let r = 0; r < outHeight; r++) {
      // Taps beyond the edge are passed over, not seen as zeros.
      let top = r * load<i32>(geometry, STRIDE_HEIGHT) - load<i32>(geometry, PAD_TOP), bottom = top + taps * rowStep;
      while (top < 0) top += rowStep;
      while (bottom - rowStep >= inHeight) bottom -= rowStep;
      for (let c = 0; c < outWidth; c++) {
        let left = c * load<i32>(geometry, STRIDE_WIDTH) - load<i32>(geometry, PAD_LEFT), right = left + columns * columnStep;
        while (left < 0) left += columnStep;
        while (right - columnStep >= inWidth) right -= columnStep;
        let d = top < bottom && left < right ? 0 : channels;
        for (; d + 4 <= channels; d += 4) fourChannels(at(x, d), at(dy, d), at(gradient, d), top, bottom, rowStep, left, right, columnStep, inWidth, channels);
        for (; d < channels; d++) oneChannel(at(x, d), at(dy, d), at(gradient, d), top, bottom, rowStep, left, right, columnStep, inWidth, channels);
        dy = at(dy, channels);
      }
    }
    x += imageBytes;
    gradient += imageBytes;
  }
}

// @ts-ignore: decorator
@inline function fourChannels(
  x: usize, dy: usize, gradient: usize, top: i32, bottom: i32, rowStep: i32, left: i32, right: i32, columnStep: i32,
  inWidth: i32, channels: i32,
): void {
  let most = f32x4.splat(-Infinity), place = i32x4.splat((top * inWidth + left) * channels);
  for (let row = top; row < bottom; row += rowStep) {
    for (let column = left; column < right; column += columnStep) {
      const index = (row * inWidth + column) * channels, value = v128.load(at(x, index));
      const larger = f32x4.gt(value, most);
      most = v128.bitselect(value, most, larger);
      place = v128.bitselect(i32x4.splat(index), place, larger);
    }
  }
  const slopes = v128.load(dy);
  addAt(gradient, i32x4.extract_lane(place, 0), f32x4.extract_lane(slopes, 0));
  addAt(gradient + 4, i32x4.extract_lane(place, 1), f32x4.extract_lane(slopes, 1));
  addAt(gradient + 8, i32x4.extract_lane(place, 2), f32x4.extract_lane(slopes, 2));
  addAt(gradient + 12, i32x4.extract_lane(place, 3), f32x4.extract_lane(slopes, 3));
}

// @ts-ignore: decorator
@inline function oneChannel(
  x: usize, dy: usize, gradient: usize, top: i32, bottom: i32, rowStep: i32, left: i32, right: i32, columnStep: i32,
  inWidth: i32, channels: i32,
): void {
  let most: f32 = -Infinity, place = (top * inWidth + left) * channels;
  for (let row = top; row < bottom; row += rowStep) {
    for (let column = left; column < right; column += columnStep) {
      const index = (row * inWidth + column) * channels, value = load<f32>(at(x, index));
      if (value > most) {
        most = value;
        place = index;
      }
    }
  }
  addAt(gradient, place, load<f32>(dy));
}

// @ts-ignore: decorator
@inline function addAt(gradient: usize, index: i32, slope: f32): void {
  store<f32>(at(gradient, index), load<f32>(at(gradient, index)) + slope);
}
