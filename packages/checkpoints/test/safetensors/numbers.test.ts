import {
  type Dtype,
  decodeMxfp4,
  floatsOf,
  numbersOf,
  type TensorData,
  tensorData,
} from '@tfjs-moe/checkpoints/safetensors';
import { describe, expect, test } from 'vitest';
import { goldenCase } from '../golden.ts';

const decoded = goldenCase<{ out: Record<string, Record<string, number | string>> }>('float_decode').out;

const raw = (dtype: Dtype, bytes: number[], shape = [1]): TensorData => ({
  name: 't',
  dtype,
  shape,
  bytes: Uint8Array.from(bytes),
});
const littleEndian = (pattern: number, bytes: number) =>
  Array.from({ length: bytes }, (_, i) => (pattern >> (8 * i)) & 255);
const patterns = Object.entries(decoded).flatMap(([dtype, each]) =>
  Object.entries(each).map(([pattern, value]) => [dtype as Dtype, pattern, Number(value)] as const),
);

describe('numbersOf', () => {
  test.each(patterns)('decodes %s %s', (dtype, pattern, value) => {
    const width = dtype.includes('8') ? 1 : 2;
    const [number] = numbersOf(raw(dtype, littleEndian(Number(pattern), dtype === 'BF16' ? 2 : width)));
    expect(number).toBe(Math.fround(value));
  });

  test('decodes every F16 as the sum of its bits says, and encodes it again', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const tensor = raw('F16', [...new Uint8Array(all.buffer)], [65536]);
    const numbers = numbersOf(tensor);
    const again = new Uint16Array(tensorData('t', 'F16', [65536], numbers as Float32Array).bytes.buffer);
    const wrong = all.filter((pattern) => !Number.isNaN(numbers[pattern]) && again[pattern] !== pattern);
    expect([...wrong]).toEqual([]);
  });

  test.each(['BF16', 'F8_E4M3', 'F8_E5M2', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ'] as const)(
    'rounds to the nearest %s, the even one of two',
    (dtype) => {
      const width = dtype === 'BF16' ? 2 : 1;
      const codes = width === 1 ? 128 : 32640;
      const all = Array.from({ length: codes }, (_, i) => littleEndian(i, width)).flat();
      const values = [...(numbersOf(raw(dtype, all, [codes])) as Float32Array)].filter(Number.isFinite);
      const encode = (numbers: number[]) => {
        const { bytes } = tensorData('t', dtype, [numbers.length], numbers);
        return [...(width === 1 ? bytes : new Uint16Array(bytes.buffer))];
      };
      // Half way between two neighbours, and a little to either side.
      const pairs = values.slice(1).map((value, i) => [values[i]!, value] as const);
      const middle = pairs.map(([a, b]) => (a + b) / 2);
      expect(encode(values)).toEqual(values.map((_, i) => i));
      expect(encode(middle)).toEqual(middle.map((_, i) => (i % 2 === 0 ? i : i + 1)));
      expect(encode(middle.map((m, i) => (m * 2 + pairs[i]![0]) / 3))).toEqual(middle.map((_, i) => i));
      expect(encode(middle.map((m, i) => (m * 2 + pairs[i]![1]) / 3))).toEqual(middle.map((_, i) => i + 1));
    },
  );

  test('says what is too large', () => {
    const encode = (dtype: Dtype, value: number) => numbersOf(tensorData('t', dtype, [1], [value]))[0];
    expect(encode('F16', 65519)).toBe(65504);
    expect(encode('F16', 65520)).toBe(Infinity);
    expect(encode('F16', -1e9)).toBe(-Infinity);
    expect(encode('BF16', Number.NaN)).toBeNaN();
    expect(encode('F8_E4M3', 1e9)).toBeNaN();
    expect(Object.is(encode('F16', -0), -0)).toBe(true);
  });

  test('keeps 64-bit integers exact', () => {
    const large = [9007199254740993n, -9223372036854775808n];
    const tensor = tensorData('t', 'I64', [2], large);
    expect([...numbersOf(tensor)]).toEqual(large);
    expect(() => floatsOf(tensor)).toThrow(
      /tensor "t": float32 does not hold number 0\. Received: 9007199254740993/,
    );
    expect(() => tensorData('t', 'U64', [1], [-1n])).toThrow(/U64 does not hold number 0/);
    expect([...floatsOf(tensorData('t', 'I64', [1], [-3n]))]).toEqual([-3]);
  });

  test('refuses what it cannot know', () => {
    expect(() => numbersOf(raw('F6_E2M3', [0, 0, 0], [4]))).toThrow(/6 bits/);
    expect(() => numbersOf(raw('BOOL', [2]))).toThrow(/BOOL must be 0 or 1/);
    expect(() => numbersOf(raw('F32', [0, 0]))).toThrow(/needs 4 bytes/);
    expect(() => tensorData('t', 'I8', [1], [128])).toThrow(/I8 does not hold number 0/);
    expect(() => tensorData('t', 'F4', [2], [1, 2])).toThrow(/cannot be written as/);
  });
});

test('decodeMxfp4 decodes the golden block, and takes no other shapes', () => {
  const golden = goldenCase<{ in: { block: number[]; scale: number }; out: { values: number[] } }>(
    'mxfp4_block',
  );
  const blocks = raw('U8', golden.in.block, [1, 1, 16]);
  const { numbers, shape } = decodeMxfp4(blocks, raw('U8', [golden.in.scale], [1, 1]));
  expect(shape).toEqual([1, 32]);
  expect([...numbers].map((each) => each + 0)).toEqual(golden.out.values.map((each) => each + 0));
  expect(() => decodeMxfp4(blocks, raw('U8', [1, 2], [1, 2]))).toThrow(/\[\.\.\., G, 16\]/);
  expect(() => decodeMxfp4(blocks, raw('I8', [1], [1, 1]))).toThrow(/scales must be/);
});
