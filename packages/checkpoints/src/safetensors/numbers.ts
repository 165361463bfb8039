import type { TensorData } from './checkpoint.ts';
import { bitsOf, bytesOf, type Dtype } from './dtype.ts';
import { wrongAt } from './place.ts';
import { decodeE8M0, decodeFloat, encodeFloat, type FloatFormat, floatFormats } from './small-floats.ts';

/** The numbers of a tensor in the array that holds each of them exactly. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const arrays = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  C64: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
} as const;

/**
 * The numbers of a tensor, row by row, none rounded: F16, BF16, F8 and F4 become float32, 64-bit integers big ones, BOOL
 * bytes of 0 and 1, C64 real and imaginary parts in turn. Of two F4 in a byte the low half is the first.
 *
 * @throws MoeError for F6, whose packing the format does not state
 */
export function numbersOf(tensor: TensorData): Numbers {
  const { dtype, bytes } = tensor;
  const wanted = bytesOf(dtype, tensor.shape);
  const place = { file: 'numbersOf', tensor: tensor.name };
  if (bytes.length !== wanted)
    throw wrongAt(place, `${dtype} [${tensor.shape.join(', ')}] needs ${wanted} bytes`, bytes.length);
  if (dtype === 'F6_E2M3' || dtype === 'F6_E3M2')
    throw wrongAt(place, 'the format does not say how numbers of 6 bits are packed; take their bytes', dtype);
  if (dtype === 'F4') return fromNibbles(bytes, tableOf('F4'));
  if (isByHand(dtype)) {
    const table = tableOf(dtype);
    const patterns = bitsOf(dtype) === 8 ? bytes : new Uint16Array(aligned(bytes));
    return Float32Array.from(patterns, (pattern) => table[pattern]!);
  }
  const numbers = new arrays[dtype](aligned(bytes));
  const bad = dtype === 'BOOL' ? numbers.findIndex((each: number | bigint) => each > 1) : -1;
  if (bad >= 0) throw wrongAt(place, `BOOL must be 0 or 1, and number ${bad} is not`, numbers[bad]);
  return numbers;
}

/**
 * The numbers of a tensor in float32: F64 is rounded, and an integer that float32 does not hold exactly is refused.
 */
export function floatsOf(tensor: TensorData): Float32Array {
  const numbers = numbersOf(tensor);
  if (numbers instanceof Float32Array) return numbers;
  const floats = Float32Array.from(numbers as ArrayLike<number>, Number);
  if (numbers instanceof Float64Array) return floats;
  for (let i = 0; i < floats.length; i++) {
    const whole = typeof numbers[i] === 'bigint' ? BigInt(floats[i]!) : floats[i];
    if (whole !== numbers[i])
      throw wrongAt(
        { file: 'floatsOf', tensor: tensor.name },
        `float32 does not hold number ${i}`,
        numbers[i],
      );
  }
  return floats;
}

/**
 * A tensor of numbers in a dtype of the format, rounded to the nearest, the even one of two.
 * @throws MoeError for F4, F6 and F8_E8M0, which are stored in blocks with scales: give their bytes
 */
export function tensorData(
  name: string,
  dtype: Dtype,
  shape: readonly number[],
  numbers: ArrayLike<number> | ArrayLike<bigint>,
): TensorData {
  const bytes = encode(name, dtype, numbers);
  const wanted = bytesOf(dtype, shape);
  if (bytes.length !== wanted)
    throw wrongAt(
      { file: 'tensorData', tensor: name },
      `[${shape.join(', ')}] does not hold`,
      numbers.length,
    );
  return { name, dtype, shape: [...shape], bytes };
}

function encode(name: string, dtype: Dtype, numbers: ArrayLike<number> | ArrayLike<bigint>): Uint8Array {
  const view = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (dtype in arrays) {
    const array = arrays[dtype as keyof typeof arrays] as unknown as {
      from(numbers: ArrayLike<unknown>): ArrayLike<unknown> & ArrayBufferView;
    };
    const stored = array.from(numbers);
    if (dtype[0] === 'F' || dtype === 'C64') return view(stored);
    for (let i = 0; i < numbers.length; i++)
      if (stored[i] !== numbers[i])
        throw wrongAt({ file: 'tensorData', tensor: name }, `${dtype} does not hold number ${i}`, numbers[i]);
    return view(stored);
  }
  if (dtype.startsWith('F4') || dtype.startsWith('F6') || dtype === 'F8_E8M0')
    throw wrongAt({ file: 'tensorData', tensor: name }, 'numbers cannot be written as', dtype);
  const format: FloatFormat = floatFormats[dtype as keyof typeof floatFormats];
  const patterns = Array.prototype.map.call(numbers, (value: number) =>
    encodeFloat(format, value),
  ) as number[];
  return view(bitsOf(dtype) === 8 ? Uint8Array.from(patterns) : Uint16Array.from(patterns));
}

type ByHand = keyof typeof floatFormats | 'F8_E8M0';

function isByHand(dtype: Dtype): dtype is ByHand {
  return dtype in floatFormats || dtype === 'F8_E8M0';
}

const tables = new Map<string, Float32Array>();

/** What every pattern stands for. */
function tableOf(dtype: ByHand): Float32Array {
  const known = tables.get(dtype);
  if (known !== undefined) return known;
  const decode =
    dtype === 'F8_E8M0' ? decodeE8M0 : (pattern: number) => decodeFloat(floatFormats[dtype], pattern);
  const table = Float32Array.from({ length: 2 ** bitsOf(dtype) }, (_, pattern) => decode(pattern));
  tables.set(dtype, table);
  return table;
}

/** Two numbers of each byte, the low half first. */
export function fromNibbles(bytes: Uint8Array, table: Float32Array): Float32Array {
  const numbers = new Float32Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    numbers[2 * i] = table[bytes[i]! & 15]!;
    numbers[2 * i + 1] = table[bytes[i]! >> 4]!;
  }
  return numbers;
}

/** A buffer that begins with the bytes and holds nothing else: numbers in a file need not be aligned. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return (isWhole ? bytes.buffer : Uint8Array.from(bytes).buffer) as ArrayBuffer;
}
