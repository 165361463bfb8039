import {
  type ByteSource,
  bytesSource,
  numbersOf,
  openSafetensors,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';
import { MoeError, stream } from '@tfjs-moe/core';
import { fileOf } from './file-of.ts';

/** How many damaged files were read, how many refused, and what went wrong: nothing, if empty. */
export interface FuzzResult {
  readonly read: number;
  readonly refused: number;
  readonly wrong: readonly string[];
}

/**
 * Damages files at random. Each is refused with a named error, or reads as an independent reader says; nothing larger than
 * the file is asked for, and no prototype is reached.
 */
export async function fuzzSafetensors(seed: number, runs: number): Promise<FuzzResult> {
  let read = 0;
  let refused = 0;
  const wrong: string[] = [];
  const before = prototypes();
  for (let run = 0; run < runs; run++) {
    const random = stream(seed, 'fuzz', run);
    const below = (n: number) => Math.floor(random.uniform() * n);
    const file = damaged(below);
    const outcome = await outcomeOf(file);
    if (outcome === 'read') read++;
    else if (outcome === 'refused') refused++;
    else wrong.push(`seed ${seed}, run ${run}: ${outcome}`);
  }
  if (prototypes() !== before) wrong.push('a prototype was reached');
  return { read, refused, wrong };
}

async function outcomeOf(file: Uint8Array): Promise<string> {
  let asked = 0;
  const plain = bytesSource(file, 'fuzz.safetensors');
  const source: ByteSource = {
    ...plain,
    read(begin, end) {
      asked = Math.max(asked, end - begin);
      return plain.read(begin, end);
    },
  };
  try {
    const opened = await openSafetensors(source);
    for (const name of opened.names) {
      const tensor = await opened.read(name);
      const expected = naive(file, name);
      if (expected === undefined) return `${name} was read, and should not be`;
      if (Buffer.compare(tensor.bytes, expected) !== 0) return `${name} has other bytes`;
      numbersOf(tensor);
    }
    if (opened.names.length !== Object.keys(headerOf(file)).filter((name) => name !== '__metadata__').length)
      return 'tensors are missing';
    return asked <= file.length ? 'read' : `${asked} bytes were asked for`;
  } catch (error) {
    if (!(error instanceof MoeError)) return `no named error: ${error}`;
    return asked <= file.length ? 'refused' : `${asked} bytes were asked for`;
  }
}

function headerOf(
  file: Uint8Array,
): Record<string, { dtype: string; shape: number[]; data_offsets: number[] }> {
  const length = Number(Buffer.from(file).readBigUInt64LE(0));
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, 8 + length)));
}

const widths = { F32: 4, F16: 2, BF16: 2, I64: 8, U8: 1, BOOL: 1, F64: 8, F8_E4M3: 1 };

/** Reads as plain JSON and offsets say, and nothing where sizes do not agree. */
function naive(file: Uint8Array, name: string): Uint8Array | undefined {
  const { dtype, shape, data_offsets } = headerOf(file)[name]!;
  const start = 8 + Number(Buffer.from(file).readBigUInt64LE(0));
  const width = (widths as Record<string, number>)[dtype];
  const bytes = file.subarray(start + data_offsets[0]!, start + data_offsets[1]!);
  const size = shape.reduce((product, each) => product * each, 1);
  // A dtype that damage made of another, of the same width or one that this reader does not know.
  return width === undefined || size * width === bytes.length ? bytes : undefined;
}

const kinds = ['F32', 'F16', 'BF16', 'I64', 'U8', 'BOOL', 'F64', 'F8_E4M3'] as const;

function whole(below: (n: number) => number): Uint8Array {
  const tensors = Array.from({ length: below(5) }, (_, i) => {
    const dtype = kinds[below(kinds.length)]!;
    const shape = Array.from({ length: below(4) }, () => below(4));
    const size = shape.reduce((product, each) => product * each, 1);
    const name = ['a', 'model.layers.0.mlp.gate.weight', '__proto__', 'constructor', 'ä€'][i]!;
    const numbers = Array.from({ length: size }, () => below(2));
    return tensorData(name, dtype, shape, dtype === 'I64' ? numbers.map(BigInt) : numbers);
  });
  return writeSafetensors(tensors, below(2) === 0 ? {} : { format: 'pt' });
}

/** A whole file with one to three damages: of bytes anywhere, of the header's text, or of its length. */
function damaged(below: (n: number) => number): Uint8Array {
  let file = whole(below);
  for (let damages = 1 + below(3); damages > 0; damages--)
    file = damageKinds[below(damageKinds.length)]!(file, below);
  return file;
}

type Damage = (file: Uint8Array, below: (n: number) => number) => Uint8Array;

const damageKinds: readonly Damage[] = [
  (file, below) => {
    const copy = file.slice();
    if (copy.length > 0) copy[below(copy.length)]! ^= 1 << below(8);
    return copy;
  },
  (file, below) => file.slice(0, below(file.length + 1)),
  (file, below) => {
    const at = below(file.length + 1);
    return new Uint8Array([...file.slice(0, at), below(256), ...file.slice(at)]);
  },
  (file, below) => {
    const at = below(file.length + 1);
    return new Uint8Array([...file.slice(0, at), ...file.slice(at + 1 + below(4))]);
  },
  (file, below) => {
    const copy = file.slice();
    for (let i = 0; i < 8 && i < copy.length; i++) if (below(3) === 0) copy[i] = below(256);
    return copy;
  },
  inText((text, below) => {
    const numbers = [...text.matchAll(/\d+/g)];
    const one = numbers[below(numbers.length)];
    if (one === undefined) return text;
    const others = [
      `${below(20)}`,
      '-1',
      '1e3',
      '1.0',
      '01',
      '9007199254740993',
      '18446744073709551616',
      '0',
    ];
    return text.slice(0, one.index) + others[below(others.length)] + text.slice(one.index + one[0].length);
  }),
  inText((text, below) => {
    const words = [
      '"a"',
      '"__proto__"',
      '"F32"',
      '"shape"',
      '{',
      '}',
      '[',
      ',',
      '\\u0061',
      '\\ud800',
      'null',
      '"x":1,',
    ];
    const at = below(text.length + 1);
    return text.slice(0, at) + words[below(words.length)] + text.slice(at);
  }),
  inText((text) => text.replace(/^\{("[^"]*":\{[^{}]*\})/, '{$1,$1')),
  inText((text, below) =>
    text.replace(/"[^"]*":(?=\{)/, below(2) === 0 ? '"__proto__":' : '"__metadata__":'),
  ),
  inText((text) => text.replace(/ +$/, '')),
];

/** Damage of the header's text whose length is then right. */
function inText(damage: (text: string, below: (n: number) => number) => string): Damage {
  return (file, below) => {
    if (file.length < 8) return file;
    const length = Number(Buffer.from(file).readBigUInt64LE(0));
    if (8 + length > file.length) return file;
    const text = new TextDecoder().decode(file.subarray(8, 8 + length));
    return fileOf(damage(text, below), file.slice(8 + length));
  };
}

function prototypes(): string {
  const all = [Object.prototype, Array.prototype, Map.prototype, Uint8Array.prototype, String.prototype];
  return JSON.stringify(all.map((each) => Object.getOwnPropertyNames(each)));
}
