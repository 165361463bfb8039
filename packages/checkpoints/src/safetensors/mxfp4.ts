import type { TensorData } from './checkpoint.ts';
import { fromNibbles } from './numbers.ts';
import { wrongAt } from './place.ts';
import { decodeE8M0, decodeFloat, floatFormats } from './small-floats.ts';

/**
 * Decodes MXFP4 blocks, as gpt-oss stores its experts: blocks of 32 numbers of 4 bits (E2M1), [..., G, 16] bytes, each with
 * a power of two [..., G] (E8M0). A number is $v \cdot 2^{s - 127}$; of the two in a byte the low half is the first.
 *
 * @param blocks U8 [..., G, 16]
 * @param scales U8 or F8_E8M0 [..., G]
 * @returns the numbers, row by row, and their shape [..., 32 G]
 * @throws MoeError where shapes do not belong together
 */
export function decodeMxfp4(
  blocks: TensorData,
  scales: TensorData,
): { readonly numbers: Float32Array; readonly shape: readonly number[] } {
  const place = { file: 'decodeMxfp4', tensor: blocks.name };
  const outer = blocks.shape.slice(0, -1);
  const fits = blocks.shape.at(-1) === 16 && outer.join() === scales.shape.join() && outer.length > 0;
  if (blocks.dtype !== 'U8' || !fits)
    throw wrongAt(place, `blocks must be U8 [..., G, 16] and scales [..., G]`, [blocks.shape, scales.shape]);
  if (scales.dtype !== 'U8' && scales.dtype !== 'F8_E8M0')
    throw wrongAt({ ...place, tensor: scales.name }, 'scales must be U8 or F8_E8M0', scales.dtype);
  if (blocks.bytes.length !== scales.bytes.length * 16)
    throw wrongAt(place, '16 bytes belong to each scale', [blocks.bytes.length, scales.bytes.length]);
  const table = Float32Array.from({ length: 16 }, (_, pattern) => decodeFloat(floatFormats.F4, pattern));
  const numbers = fromNibbles(blocks.bytes, table);
  scales.bytes.forEach((scale, block) => {
    const factor = decodeE8M0(scale);
    for (let i = 32 * block; i < 32 * (block + 1); i++) numbers[i] = numbers[i]! * factor;
  });
  return { numbers, shape: [...outer.slice(0, -1), outer.at(-1)! * 32] };
}
