/** The model of names, from its packed weights: who takes each character of a text, and what may come next. */
import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import '@tfjs-moe/layers/register';
import '@tfjs-moe/transformer/register';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { recordRouting } from '@tfjs-moe/layers/trace';
import { packed, packedSize, unpacked } from './packed-weights.ts';

/** `model.json`: everything but the weights. */
export interface NamesFile {
  readonly characters: readonly string[];
  readonly languages: readonly {
    readonly name: string;
    readonly script: string;
    /** Held-out words, to try. */
    readonly example: string;
  }[];
  readonly length: number;
  readonly seed: number;
  readonly date: string;
  readonly command: string;
  /** Bits per held-out character with packed weights. */
  readonly bits: number;
  /** What every training of the run came to; `mixture` of the seed above is this model before its weights were packed. */
  readonly trainings: readonly {
    readonly role: string;
    readonly seed: number;
    readonly steps: number;
    readonly bits: number;
  }[];
  readonly topology: object;
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** What the model does with a character. */
export interface Character {
  /** As it is written; empty for the end of a word. */
  readonly text: string;
  /** Of each mixture layer, its experts by weight, the largest first. */
  readonly choices: readonly (readonly { readonly expert: number; readonly weight: number }[])[];
  /** Bits that the model was surprised by: what it cost to say this one after those before. */
  readonly bits: number | undefined;
}

export interface Routed {
  /** How many experts each mixture has. */
  readonly experts: number;
  readonly characters: readonly Character[];
  /** Characters of the text that the model does not know, each once. */
  readonly unknown: readonly string[];
  /** The likeliest next characters, the end of the word as the empty text. */
  readonly next: readonly { readonly text: string; readonly share: number }[];
}

/** Weights of all tensors, one after the other, packed. */
export function packedModel(weights: NamesFile['weights'], values: Float32Array): Uint8Array {
  const parts = placesOf(weights).map(({ from, count, row }) =>
    packed(values.subarray(from, from + count), row),
  );
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function modelOf(file: NamesFile, bytes: Uint8Array): Promise<LayersModel> {
  const places = placesOf(file.weights);
  const { from, count } = places.at(-1)!;
  const values = new Float32Array(from + count);
  let at = 0;
  for (const place of places) {
    const size = packedSize(place.count, place.row);
    values.set(unpacked(bytes.subarray(at, at + size), place.count, place.row), place.from);
    at += size;
  }
  const weightSpecs = file.weights.map(({ name, shape }) => ({
    ...{ name, shape: [...shape], dtype: 'float32' as const },
  }));
  return loadLayersModel(
    tf.io.fromMemory({ modelTopology: file.topology, weightSpecs, weightData: values.buffer }),
  );
}

function placesOf(weights: NamesFile['weights']): { from: number; count: number; row: number }[] {
  let from = 0;
  return weights.map(({ shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const place = { from, count, row: shape.at(-1) ?? 1 };
    from += count;
    return place;
  });
}

/** Words as the model reads them: small letters, accents and syllables taken apart, ends between words. */
export function numbersOf(
  { characters, length }: Pick<NamesFile, 'characters' | 'length'>,
  text: string,
): { readonly numbers: readonly number[]; readonly unknown: readonly string[] } {
  const known = new Map(characters.map((character, number) => [character, number]));
  const written = [
    ...text
      .toLowerCase()
      .normalize('NFD')
      .trim()
      .replace(/\s*[,;\n]\s*/g, ','),
  ];
  const unknown = [...new Set(written.filter((each) => each !== ',' && !known.has(each)))];
  const numbers = written.flatMap((each) => (each === ',' ? [0] : (known.get(each) ?? [])));
  return { numbers: [0, ...numbers].slice(0, length), unknown };
}

/** Runs the model on a text. */
export async function routed(model: LayersModel, file: NamesFile, text: string): Promise<Routed> {
  const { numbers, unknown } = numbersOf(file, text);
  const x = tf.tensor2d([...numbers], [1, numbers.length], 'int32');
  const trace = await recordRouting(model, x);
  const shares = tf.tidy(() => tf.softmax(tf.squeeze(model.predict(x) as tf.Tensor, [0])));
  const rows = (await shares.array()) as number[][];
  tf.dispose([x, shares]);
  const characters = numbers.map((number, i) => ({
    text: file.characters[number]!,
    choices: trace.map(({ choices, weights }) =>
      choices[i]!.map((expert, k) => ({ expert, weight: weights?.[i]?.[k] ?? 0 })).sort(
        (a, b) => b.weight - a.weight,
      ),
    ),
    bits: i === 0 ? undefined : -Math.log2(rows[i - 1]![number]!),
  }));
  const last = rows.at(-1)!;
  const next = last
    .map((share, number) => ({ text: file.characters[number]!, share }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 5);
  return { experts: trace[0]!.experts, characters, unknown, next };
}
