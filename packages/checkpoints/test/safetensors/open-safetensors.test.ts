import { bytesSource, floatsOf, numbersOf, openSafetensors } from '@tfjs-moe/checkpoints/safetensors';
import { describe, expect, test } from 'vitest';
import { goldenCase } from '../golden.ts';
import { fileOf } from './file-of.ts';

const golden = goldenCase<{
  in: { good_base64: string; good_unaligned_header_base64: string; bad_base64: Record<string, string> };
}>('safetensors_files').in;

const open = (bytes: Uint8Array) => openSafetensors(bytesSource(bytes, 'x.safetensors'));
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const one = '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';

describe('openSafetensors', () => {
  test('reads the golden file', async () => {
    const file = await open(fromBase64(golden.good_base64));
    expect(file.names).toEqual(['f', 'h', 's', 'z']);
    expect([...file.metadata]).toEqual([['format', 'pt']]);
    expect([...floatsOf(await file.read('f'))]).toEqual([1.5, -2]);
    expect([...floatsOf(await file.read('h'))]).toEqual([1, -2]);
    expect((await file.read('s')).shape).toEqual([]);
    expect([...floatsOf(await file.read('s'))]).toEqual([0.5]);
    expect((await file.read('z')).shape).toEqual([0, 3]);
    expect(numbersOf(await file.read('z'))).toEqual(new BigInt64Array(0));
  });

  test('reads numbers that are not aligned', async () => {
    const file = await open(fromBase64(golden.good_unaligned_header_base64));
    expect([...floatsOf(await file.read('a'))]).toEqual([1]);
  });

  test.each(Object.entries(golden.bad_base64))('refuses the golden file %s', async (_, text) => {
    await expect(open(fromBase64(text))).rejects.toThrow(/^\[tfjs-moe\] x\.safetensors: /);
  });

  test.each([
    ['a hole', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8, 'tensor "a", byte 66: .*a hole'],
    [
      'an overlap',
      `{${one},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`,
      6,
      'tensor "b".*overlaps',
    ],
    ['bytes at the end', `{${one}}`, 5, 'byte 66: .*must end with its last tensor.*Received: 1'],
    [
      'a size that is not its shape',
      '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}',
      4,
      'needs 8 bytes',
    ],
    ['half a byte', '{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', 2, 'no whole number of bytes'],
    [
      'a product that wraps',
      '{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}',
      0,
      'in no file',
    ],
    ['a name twice', `{${one},${one}}`, 4, 'byte 62: the same name stands twice.*"a"'],
    ['a name twice, once escaped', `{${one},"\\u0061":1}`, 4, 'stands twice'],
    [
      'a field twice',
      '{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      4,
      'stands twice',
    ],
    ['a field too many', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4, 'nothing else'],
    ['a float in a shape', '{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', 4, 'Received: "1.0"'],
    ['a negative size', '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4, 'Received: "-1"'],
    [
      'an integer beyond 2^53',
      '{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,4]}}',
      4,
      '"9007199254740993"',
    ],
    ['three offsets', '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,2,4]}}', 4, 'a begin and an end'],
    ['a missing shape', '{"a":{"dtype":"U8","data_offsets":[0,4]}}', 4, 'shape must be a list'],
    ['a tensor that is none', '{"a":[]}', 0, 'must be an object'],
    ['a space before the header', ` {${one}}`, 4, 'must begin with \\{'],
    ['a line break after the header', `{${one}}\n`, 4, 'nothing but spaces'],
    ['text after the header', `{${one}}{}`, 4, 'nothing may follow'],
    ['a comma too many', `{${one},}`, 4, 'a name in quotes'],
    [
      'half a character',
      '{"\\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      0,
      'half a character',
    ],
    ['deep nesting', `{"a":${'['.repeat(9999)}${']'.repeat(9999)}}`, 0, '64 levels'],
    ['metadata that is a list', `{"__metadata__":[],${one}}`, 4, '__metadata__ must hold texts'],
    [
      'a dtype of the prototype',
      '{"a":{"dtype":"toString","shape":[1],"data_offsets":[0,4]}}',
      4,
      'dtype must be',
    ],
  ])('refuses %s', async (_, header, data, message) => {
    await expect(open(fileOf(header, data))).rejects.toThrow(new RegExp(message));
  });

  test('refuses a header that ends after the file before it reads it', async () => {
    const file = fileOf('{}');
    file[0] = 200;
    await expect(open(file)).rejects.toThrow(/ends after the file, which has 10 bytes\. Received: 200/);
    file.fill(255, 0, 8);
    await expect(open(file)).rejects.toThrow(/may have 100000000 bytes\. Received: 18446744073709551615/);
  });

  test('takes names that are properties of objects as names', async () => {
    const entry = (at: number) => `{"dtype":"U8","shape":[1],"data_offsets":[${at},${at + 1}]}`;
    const header = `{"__proto__":${entry(0)},"constructor":${entry(1)},"toString":${entry(2)}}`;
    const file = await open(fileOf(header, Uint8Array.of(7, 8, 9)));
    expect([...numbersOf(await file.read('__proto__'))]).toEqual([7]);
    expect(file.has('hasOwnProperty')).toBe(false);
    await expect(file.read('valueOf')).rejects.toThrow(/no such tensor\. Received: "valueOf"/);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('reads rows of a tensor, and refuses half a byte of one', async () => {
    const header =
      '{"a":{"dtype":"U8","shape":[3,2],"data_offsets":[0,6]},"b":{"dtype":"F4","shape":[2,1],"data_offsets":[6,7]}}';
    const file = await open(fileOf(header, Uint8Array.of(1, 2, 3, 4, 5, 6, 7)));
    const rows = await file.readRows('a', 1, 3);
    expect([rows.shape, [...rows.bytes]]).toEqual([
      [2, 2],
      [3, 4, 5, 6],
    ]);
    expect((await file.readRows('a', 2, 2)).shape).toEqual([0, 2]);
    await expect(file.readRows('a', 0, 4)).rejects.toThrow(/end/);
    await expect(file.readRows('b', 0, 1)).rejects.toThrow(/begin and end with a byte/);
  });
});
