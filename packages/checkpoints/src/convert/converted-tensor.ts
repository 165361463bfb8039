import {
  type Checkpoint,
  type Dtype,
  floatsOf,
  type PlannedTensor,
  tensorData,
} from '../safetensors/index.ts';

/** A dtype that numbers can be converted into. */
export type ConvertedDtype = 'F32' | 'BF16' | 'F16';

/** Numbers that are read at a time. */
const SLICE = 2 ** 20;

/**
 * A tensor in another dtype, where it has a floating-point one that stands by itself, slice by slice.
 * @param isExact whether its numbers may not be rounded
 */
export async function convertedTensor(
  checkpoint: Checkpoint,
  name: string,
  wanted: ConvertedDtype | undefined,
  isExact: boolean,
): Promise<PlannedTensor> {
  const { dtype: own, shape } = await checkpoint.info(name);
  const dtype = wanted !== undefined && standsByItself(own) ? convertedDtype(own, wanted, isExact) : own;
  const size = shape.reduce((product, length) => product * length, 1);
  async function* chunks(): AsyncIterable<Uint8Array> {
    for (let begin = 0; begin < size; begin += SLICE) {
      const slice = await checkpoint.readNumbers(name, begin, Math.min(begin + SLICE, size));
      yield dtype === own ? slice.bytes : tensorData(name, dtype, slice.shape, floatsOf(slice)).bytes;
    }
  }
  return { name, dtype, shape, chunks };
}

/** The dtype that is wanted, or the own one where that would round what must be exact. */
export function convertedDtype<D extends Dtype | 'MXFP4'>(
  own: D,
  wanted: ConvertedDtype,
  isExact: boolean,
): D | ConvertedDtype {
  const isHeld = wanted === 'F32' ? own !== 'F64' : own === wanted;
  return isExact && !isHeld ? own : wanted;
}

/** Whether numbers of a dtype mean what they are, without factors beside them. */
function standsByItself(dtype: string): boolean {
  return /^(F(16|32|64)|BF16)$/.test(dtype);
}
