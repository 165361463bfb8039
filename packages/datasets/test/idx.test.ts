import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IdxData, parseIdx, parseIdxBytes } from '../src/idx.ts';

/** Writes the format independently of the parser: one DataView call per number. */
const TYPES = [
  { code: 0x08, array: Uint8Array, bytes: 1, set: 'setUint8' },
  { code: 0x09, array: Int8Array, bytes: 1, set: 'setInt8' },
  { code: 0x0b, array: Int16Array, bytes: 2, set: 'setInt16' },
  { code: 0x0c, array: Int32Array, bytes: 4, set: 'setInt32' },
  { code: 0x0d, array: Float32Array, bytes: 4, set: 'setFloat32' },
  { code: 0x0e, array: Float64Array, bytes: 8, set: 'setFloat64' },
] as const;

function format(type: (typeof TYPES)[number], shape: readonly number[], values: IdxData): Uint8Array {
  const start = 4 + 4 * shape.length;
  const view = new DataView(new ArrayBuffer(start + values.length * type.bytes));
  view.setUint8(2, type.code);
  view.setUint8(3, shape.length);
  shape.forEach((length, axis) => {
    view.setUint32(4 + 4 * axis, length);
  });
  values.forEach((value, i) => {
    view[type.set](start + i * type.bytes, value);
  });
  return new Uint8Array(view.buffer);
}

const idxArrays = fc
  .record({
    type: fc.constantFrom(...TYPES),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
    seed: fc.infiniteStream(fc.double({ noNaN: true, min: -1e5, max: 1e5 })),
  })
  .map(({ type, shape, seed }) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const values = new type.array(Array.from({ length: count }, () => seed.next().value as number));
    return { shape, values, bytes: format(type, shape, values) };
  });

describe('parseIdx', () => {
  test('reads back arrays of every type and shape', () => {
    fc.assert(
      fc.property(idxArrays, ({ shape, values, bytes }) => {
        const parsed = parseIdx(bytes);
        expect(parsed.shape).toEqual(shape);
        expect(parsed.data).toEqual(values);
      }),
    );
  });

  test('reads a part of a larger buffer', () => {
    fc.assert(
      fc.property(idxArrays, fc.integer({ min: 1, max: 9 }), ({ values, bytes }, offset) => {
        const larger = new Uint8Array(bytes.length + 2 * offset).fill(0xff);
        larger.set(bytes, offset);
        expect(parseIdx(larger.subarray(offset, offset + bytes.length)).data).toEqual(values);
      }),
    );
  });

  test('refuses a file that is cut short at any byte', () => {
    fc.assert(
      fc.property(idxArrays, fc.nat(), ({ bytes }, at) => {
        expect(() => parseIdx(bytes.subarray(0, at % bytes.length))).toThrow(/^\[tfjs-moe\] parseIdx: /);
      }),
    );
  });

  test('refuses a file that goes on after its last entry', () => {
    const bytes = format(TYPES[0], [2, 3], new Uint8Array(6));
    expect(() => parseIdx(new Uint8Array([...bytes, 0]), 'labels')).toThrow(
      '[tfjs-moe] labels: the file goes on after its last entry: an IDX array of shape [2, 3] takes 18 bytes. ' +
        'Received: "19 bytes".',
    );
  });

  test('has no entries where an axis has none, however long the others are', () => {
    for (const place of [0, 100, 254]) {
      const shape = Array.from({ length: 255 }, (_, axis) => (axis === place ? 0 : 2 ** 32 - 1));
      const parsed = parseIdx(format(TYPES[0], shape, new Uint8Array(0)));
      expect(parsed).toEqual({ shape, data: new Uint8Array(0) });
    }
    const endless = format(TYPES[0], new Array(255).fill(2 ** 32 - 1), new Uint8Array(0));
    expect(() => parseIdx(endless)).toThrow('the file is cut short');
  });

  test('refuses a damaged magic number and shows it', () => {
    for (const damaged of [
      [1, 0, 8, 1],
      [0, 1, 8, 1],
      [0, 0, 7, 1],
      [0, 0, 0x0a, 1],
      [0, 0],
    ]) {
      expect(() => parseIdx(new Uint8Array([...damaged, 0, 0, 0, 0]))).toThrow(
        /not an IDX file.*Received: "0/,
      );
    }
    expect(() => parseIdx(new Uint8Array(0))).toThrow('not an IDX file');
  });

  test('recognises gzip', () => {
    expect(() => parseIdx(new Uint8Array([0x1f, 0x8b, 8, 0]))).toThrow('decompress it first');
  });

  test('never reads past the file, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (tail) => {
        const bytes = new Uint8Array([0, 0, 8, ...tail]);
        try {
          const { shape, data } = parseIdx(bytes);
          expect(data.length).toBe(shape.reduce((product, length) => product * length, 1));
        } catch (error) {
          expect((error as Error).name).toBe('MoeError');
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('parseIdxBytes wants unsigned bytes and a number of axes', () => {
  const bytes = format(TYPES[0], [2, 2], new Uint8Array([1, 2, 3, 4]));
  expect(parseIdxBytes(bytes, 2).data).toEqual(new Uint8Array([1, 2, 3, 4]));
  expect(() => parseIdxBytes(bytes, 3)).toThrow(
    'expected unsigned bytes with 3 axes. Received: "Uint8 of shape [2, 2]"',
  );
  expect(() => parseIdxBytes(format(TYPES[4], [2], new Float32Array(2)), 1)).toThrow('Received: "Float32');
});
