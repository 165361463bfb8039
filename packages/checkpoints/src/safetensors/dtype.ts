/** Bits of one number of each dtype of the format. */
const bits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** Name of a dtype of the safetensors format. */
export type Dtype = keyof typeof bits;

/** The names of all dtypes of the safetensors format. */
export const dtypes: readonly Dtype[] = /* @__PURE__ */ Object.keys(bits) as Dtype[];

/** Whether something is the name of a dtype. */
export function isDtype(name: unknown): name is Dtype {
  return typeof name === 'string' && Object.hasOwn(bits, name);
}

/** Bits of one number. */
export function bitsOf(dtype: Dtype): number {
  return bits[dtype];
}

/**
 * Bytes of a tensor, or a reason why it has none: sizes are multiplied as integers of any length, so that no product is
 * rounded or wraps around.
 */
export function bytesOf(dtype: Dtype, shape: readonly number[]): number | string {
  const numbers = shape.reduce((product, size) => product * BigInt(size), 1n);
  const all = numbers * BigInt(bits[dtype]);
  if (all % 8n !== 0n) return `${numbers} numbers of ${dtype} are no whole number of bytes`;
  const bytes = all / 8n;
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : `${bytes} bytes are in no file`;
}
