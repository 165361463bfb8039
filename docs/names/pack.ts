/**
 * `pnpm --filter docs names-model FOLDER`: makes the model of the page from what `pnpm names --out=FOLDER` wrote, as
 * `model.json` and `weights.bin` beside this file, and says what packing costs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { sparseCrossEntropy } from '@tfjs-moe/transformer';
import { modelOf, type NamesFile, packedModel } from './model.ts';

/** `names.json`, as the program writes it. */
interface NamesRecord extends Pick<NamesFile, 'characters' | 'length' | 'seed' | 'date' | 'command'> {
  readonly languages: readonly { readonly name: string; readonly script: string }[];
  readonly heldOut: readonly (readonly (readonly number[])[])[];
  readonly trainings: NamesFile['trainings'];
}

interface Saved {
  readonly modelTopology: object;
  readonly weightsManifest: readonly [{ readonly weights: NamesFile['weights'] }];
}

/** Characters of the words that a page starts with. */
const EXAMPLE = 24;

export async function pack(folder: string): Promise<string> {
  const read = (name: string) => readFileSync(resolve(folder, name));
  const record = JSON.parse(read('names.json').toString()) as NamesRecord;
  const saved = JSON.parse(read('model.json').toString()) as Saved;
  const floats = new Float32Array(new Uint8Array(read('weights.bin')).buffer);
  const weights = saved.weightsManifest[0].weights.map(({ name, shape }) => ({ name, shape }));
  const bytes = packedModel(weights, floats);
  const { characters, length, seed, date, command, heldOut } = record;
  const file: NamesFile = {
    ...{ characters, length, seed, date, command },
    languages: record.languages.map(({ name, script }, i) => ({
      ...{ name, script, example: exampleOf(characters, heldOut[i]![0]!) },
    })),
    trainings: record.trainings.map(({ role, seed: of, steps, bits }) => ({ role, seed: of, steps, bits })),
    bits: 0,
    topology: saved.modelTopology,
    weights,
  };
  const model = await modelOf(file, bytes);
  const bits = Number(bitsOf(model, heldOut).toFixed(4));
  model.dispose();
  writeFileSync(join(import.meta.dirname, 'weights.bin'), bytes);
  writeFileSync(join(import.meta.dirname, 'model.json'), `${JSON.stringify({ ...file, bits }, null, 1)}\n`);
  const trained = record.trainings.find((each) => each.role === 'mixture' && each.seed === seed)!.bits;
  return `${bytes.length} bytes; ${trained.toFixed(4)} bits per held-out character as trained, ${bits} packed.`;
}

/** Whole words of a row, separated by commas. */
function exampleOf(characters: readonly string[], row: readonly number[]): string {
  const words = row
    .slice(1, row.lastIndexOf(0))
    .map((number) => (number === 0 ? ', ' : characters[number]!))
    .join('')
    .normalize('NFC')
    .split(', ');
  const kept = words.filter((_, i) => words.slice(0, i + 1).join(', ').length <= EXAMPLE);
  return (kept.length > 0 ? kept : words.slice(0, 1)).join(', ');
}

/** As the program judges: bits per held-out character, a mean over the languages. */
export function bitsOf(model: LayersModel, heldOut: NamesRecord['heldOut']): number {
  const ofLanguages = heldOut.map((rows) =>
    tf.tidy(() => {
      const x = tf.tensor2d(
        rows.map((row) => row.slice(0, -1)),
        undefined,
        'int32',
      );
      const y = tf.tensor2d(
        rows.map((row) => row.slice(1)),
        undefined,
        'int32',
      );
      return sparseCrossEntropy(y, model.predictOnBatch(x) as tf.Tensor).dataSync()[0]! / Math.LN2;
    }),
  );
  return ofLanguages.reduce((sum, value) => sum + value, 0) / ofLanguages.length;
}
