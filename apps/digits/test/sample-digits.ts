/**
 * Made-up images for tests: a digit is a bar whose height says which one it is.
 */
import type { MnistSplit } from '@tfjs-moe/datasets/mnist';
import { DIGITS, PIXELS, SIDE } from '../src/batches.ts';

export function sampleDigits(size: number): MnistSplit {
  const images = new Uint8Array(size * PIXELS);
  const labels = new Uint8Array(size);
  for (let image = 0; image < size; image++) {
    const digit = image % DIGITS;
    labels[image] = digit;
    const top = image * PIXELS + (3 + 2 * digit) * SIDE;
    images.fill(200 + (image % 50), top + 5, top + 20);
  }
  return { size, images, labels, shape: [SIDE, SIDE] };
}
