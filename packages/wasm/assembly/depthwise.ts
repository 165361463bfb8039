/**
 * The gradients of a depthwise convolution (NHWC): each channel of the input has `multiplier` filters of its own. No
 * products of matrices: every weight is one sum over outputs, every number of the input one over filters.
 */
import { at, least, multiplyAdd } from './address';
import {
  BATCH, DILATION_HEIGHT, DILATION_WIDTH, FILTER_HEIGHT, FILTER_WIDTH, IN_CHANNELS, IN_HEIGHT, IN_WIDTH, OUT_CHANNELS,
  OUT_HEIGHT, OUT_WIDTH, PAD_LEFT, PAD_TOP, STRIDE_HEIGHT, STRIDE_WIDTH,
} from './convolution';

/** gradient [filterHeight, filterWidth, inChannels, multiplier] from x and dy. */
export function depthwiseFilterGradient(x: usize, dy: usize, gradient: usize, geometry: usize): void {
  const channels = load<i32>(geometry, OUT_CHANNELS);
  const taps = load<i32>(geometry, FILTER_HEIGHT) * load<i32>(geometry, FILTER_WIDTH);
  memory.fill(gradient, 0, <usize>(taps * channels) << 2);
  overLines(true, x, dy, gradient, geometry);
}

/** gradient [batch, inHeight, inWidth, inChannels] from dy and the filter. */
export function depthwiseInputGradient(dy: usize, filter: usize, gradient: usize, geometry: usize): void {
  const numbers = <usize>load<i32>(geometry, BATCH) * <usize>load<i32>(geometry, IN_HEIGHT) *
    <usize>load<i32>(geometry, IN_WIDTH) * <usize>load<i32>(geometry, IN_CHANNELS);
  memory.fill(gradient, 0, numbers << 2);
  overLines(false, gradient, dy, filter, geometry);
}

/** Visits what one tap of the filter has to do with one line of outputs. */
function overLines(toFilter: bool, image: usize, dy: usize, filter: usize, geometry: usize): void {
  const inHeight = load<i32>(geometry, IN_HEIGHT), inWidth = load<i32>(geometry, IN_WIDTH);
  const outHeight = load<i32>(geometry, OUT_HEIGHT), outWidth = load<i32>(geometry, OUT_WIDTH);
  const inChannels = load<i32>(geometry, IN_CHANNELS), channels = load<i32>(geometry, OUT_CHANNELS);
  const filterWidth = load<i32>(geometry, FILTER_WIDTH), step = load<i32>(geometry, STRIDE_WIDTH);
  const lines = load<i32>(geometry, BATCH) * outHeight;
  for (let line = 0; line < lines; line++) {
    const top = (line % outHeight) * load<i32>(geometry, STRIDE_HEIGHT) - load<i32>(geometry, PAD_TOP);
    const imageLine = (line / outHeight) * inHeight;
    for (let i = 0; i < load<i32>(geometry, FILTER_HEIGHT); i++) {
      const y = top + i * load<i32>(geometry, DILATION_HEIGHT);
      if (y < 0 || y >= inHeight) continue;
      for (let j = 0; j < filterWidth; j++) {
        // Outputs first, ..., end - 1 see a part of the input through this tap.
        const shift = j * load<i32>(geometry, DILATION_WIDTH) - load<i32>(geometry, PAD_LEFT);
        if (shift >= inWidth) continue;
        const first = shift < 0 ? (step - 1 - shift) / step : 0;
        const end = least(outWidth, (inWidth - 1 - shift) / step + 1);
        if (first >= end) continue;
        const pixel = (imageLine + y) * inWidth + first * step + shift;
        const from = image + (<usize>pixel * <usize>inChannels << 2);
        const slopes = dy + (<usize>(line * outWidth + first) * <usize>channels << 2);
        const weights = filter + (<usize>((i * filterWidth + j) * channels) << 2);
        if (toFilter) addToFilter(from, step * inChannels, slopes, channels, end - first, weights, channels / inChannels);
        else addToInput(from, step * inChannels, slopes, channels, end - first, weights, channels / inChannels);
      }
    }
  }
}

/** weights += sum of x dy over the outputs of a line: summed by itself, long sums lose less to rounding. */
function addToFilter(x: usize, step: i32, dy: usize, channels: i32, outputs: i32, weights: usize, multiplier: i32): void {
  let q = 0;
  if (multiplier == 1) {
    for (; q + 4 <= channels; q += 4) {
      let sum = f32x4.splat(0), a = at(x, q), b = at(dy, q);
      for (let n = 0; n < outputs; n++) {
        sum = multiplyAdd(v128.load(a), v128.load(b), sum);
        a = at(a, step);
        b = at(b, channels);
      }
      v128.store(at(weights, q), f32x4.add(v128.load(at(weights, q)), sum));
    }
  }
  for (; q < channels; q++) {
    let sum: f32 = 0, a = at(x, q / multiplier), b = at(dy, q);
    for (let n = 0; n < outputs; n++) {
      sum += load<f32>(a) * load<f32>(b);
      a = at(a, step);
      b = at(b, channels);
    }
    store<f32>(at(weights, q), load<f32>(at(weights, q)) + sum);
  }
}

/** dx += dy weights for the outputs of a line. */
function addToInput(dx: usize, step: i32, dy: usize, channels: i32, outputs: i32, weights: usize, multiplier: i32): void {
  for (let n = 0; n < outputs; n++) {
    let q = 0;
    if (multiplier == 1) {
      for (; q + 4 <= channels; q += 4) {
        const to = at(dx, q);
        v128.store(to, multiplyAdd(v128.load(at(dy, q)), v128.load(at(weights, q)), v128.load(to)));
      }
    }
    for (; q < channels; q++) {
      const to = at(dx, q / multiplier);
      store<f32>(to, load<f32>(to) + load<f32>(at(dy, q)) * load<f32>(at(weights, q)));
    }
    dx = at(dx, step);
    dy = at(dy, channels);
  }
}
