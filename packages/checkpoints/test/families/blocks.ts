import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { FamilyName } from '@tfjs-moe/checkpoints';
import { bytesSource, type Checkpoint, floatsOf, openSafetensors } from '@tfjs-moe/checkpoints/safetensors';
import type { MixtureOfExperts } from '@tfjs-moe/layers';

const folder = new URL('../fixtures/blocks/', import.meta.url);

/** The blocks that `blocks.py` has written. */
export const blockNames: readonly string[] = readdirSync(folder).map((file) =>
  file.replace('.safetensors', ''),
);

/** One of them. */
export interface Block {
  readonly file: Checkpoint;
  readonly family: FamilyName;
  readonly config: object;
}

export async function blockOf(name: string): Promise<Block> {
  const bytes = readFileSync(new URL(`${name}.safetensors`, folder));
  const file = await openSafetensors(bytesSource(bytes, `${name}.safetensors`));
  const family = file.metadata.get('family') as FamilyName;
  return { file, family, config: JSON.parse(file.metadata.get('config')!) };
}

/** The largest distance of what a layer makes of a block's input from what numpy has, relative to its largest number. */
export async function distanceFrom({ file }: Block, layer: MixtureOfExperts): Promise<number> {
  const input = await file.read('input');
  const expected = floatsOf(await file.read('output'));
  const output = tf.tidy(() =>
    (layer.apply(tf.tensor2d(floatsOf(input), input.shape as [number, number])) as tf.Tensor).dataSync(),
  );
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((each, i) => Math.abs(each - output[i]!))) / largest;
}

/** The numbers of a layer's weights, by name. */
export function weightsOf(layer: MixtureOfExperts): Record<string, number[]> {
  return Object.fromEntries(
    layer.weights.map((weight) => [
      weight.originalName.slice(layer.name.length + 1),
      [...weight.read().dataSync()],
    ]),
  );
}
