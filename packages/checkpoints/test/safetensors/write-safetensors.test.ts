import {
  bytesSource,
  checkpointFiles,
  dtypes,
  floatsOf,
  openSafetensors,
  openShards,
  type TensorData,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const joined = (chunks: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(chunks));

const tensors: fc.Arbitrary<TensorData[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
      dtype: fc.constantFrom(...dtypes.filter((dtype) => !dtype.startsWith('F4') && !dtype.startsWith('F6'))),
      shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      seed: fc.nat(255),
    })
    .map(({ name, dtype, shape, seed }) => {
      const width = dtype.includes('64') ? 8 : dtype.includes('32') ? 4 : dtype.includes('16') ? 2 : 1;
      const size = shape.reduce((product, each) => product * each, width);
      return { name, dtype, shape, bytes: new Uint8Array(size).fill(seed) };
    }),
  { selector: ({ name }) => name, maxLength: 6 },
);

describe('writeSafetensors', () => {
  test('what is written is read back, byte for byte, in any order', async () => {
    const metadata = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
    await fc.assert(
      fc.asyncProperty(tensors, metadata, async (written, texts) => {
        const bytes = writeSafetensors(written, texts);
        expect(writeSafetensors([...written].reverse(), texts)).toEqual(bytes);
        const file = await openSafetensors(bytesSource(bytes));
        expect(new Map(file.metadata)).toEqual(new Map(Object.entries(texts)));
        expect(new Set(file.names)).toEqual(new Set(written.map(({ name }) => name)));
        for (const tensor of written) {
          const read = await file.read(tensor.name);
          expect({ ...read, bytes: [...read.bytes] }).toEqual({ ...tensor, bytes: [...tensor.bytes] });
          const { begin } = await file.info(tensor.name);
          const width = tensor.dtype.includes('64') ? 8 : tensor.dtype.includes('32') ? 4 : 1;
          expect(begin % width).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('refuses what no file can hold', () => {
    const t = tensorData('t', 'F32', [2], [1, 2]);
    expect(() => writeSafetensors([t, t])).toThrow(/tensor "t": two tensors/);
    expect(() => writeSafetensors([{ ...t, name: '__metadata__' }])).toThrow(/a name of its own/);
    expect(() => writeSafetensors([{ ...t, name: '\ud800' }])).toThrow(/a name of its own/);
    expect(() => writeSafetensors([{ ...t, shape: [3] }])).toThrow(/needs 12 bytes/);
    expect(() => writeSafetensors([{ ...t, shape: [-2] }])).toThrow(/shape/);
    expect(() => writeSafetensors([{ ...t, dtype: 'Q4' as never }])).toThrow(/dtype must be/);
    expect(() => writeSafetensors([t], { n: 1 as never })).toThrow(/metadata/);
  });
});

describe('checkpointFiles and openShards', () => {
  const three = ['a', 'b', 'c'].map((name, i) => tensorData(name, 'F32', [2], [i, -i]));
  const files = checkpointFiles(three, { maxShardBytes: 16 });
  const index = joined(files.get('model.safetensors.index.json')!);
  const sourceOf = (file: string) => bytesSource(joined(files.get(file)!), file);

  test('what does not fit in one file is in several, with an index', async () => {
    expect([...files.keys()]).toEqual([
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'model.safetensors.index.json',
    ]);
    expect(JSON.parse(new TextDecoder().decode(index)).metadata).toEqual({ total_size: 24 });
    const asked: string[] = [];
    const all = await openShards(bytesSource(index, 'index.json'), (file) => {
      asked.push(file);
      return sourceOf(file);
    });
    expect(all.names).toEqual(['a', 'b', 'c']);
    expect([...floatsOf(await all.read('c'))]).toEqual([2, -2]);
    expect([...floatsOf(await all.readRows('c', 1, 2))]).toEqual([-2]);
    expect(asked).toEqual(['model-00002-of-00002.safetensors']);
    expect([...checkpointFiles(three).keys()]).toEqual(['model.safetensors']);
    expect(() => checkpointFiles([...three, three[0]!], { maxShardBytes: 8 })).toThrow(/two tensors/);
  });

  const indexOf = (map: object) =>
    bytesSource(new TextEncoder().encode(JSON.stringify({ weight_map: map })), 'index.json');
  const [first] = files.keys();

  test.each([
    [
      'a tensor that only the index knows',
      { a: first, b: first, lost: first },
      '"lost" is only in the index',
    ],
    ['a tensor that only a file knows', { a: first }, '"b" is only in the file'],
    ['a file outside the folder', { a: '../secret' }, 'tensor "a": its file must be a bare name'],
    ['a file that is no text', { a: 1 }, 'must be a bare name'],
  ])('refuses %s', async (_, map, message) => {
    const opening = openShards(indexOf(map), sourceOf).then((all) => all.read('a'));
    await expect(opening).rejects.toThrow(new RegExp(message));
  });

  test('refuses an index that is none', async () => {
    await expect(openShards(bytesSource(new TextEncoder().encode('[]')), sourceOf)).rejects.toThrow(
      /weight_map/,
    );
  });
});
