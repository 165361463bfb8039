import * as tf from '@tensorflow/tfjs-core';
import { type ChangedCheckpoint, type FamilyName, loadMixture } from '@tfjs-moe/checkpoints';
import {
  bytesSource,
  type Checkpoint,
  floatsOf,
  openSafetensors,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';

/** What is written, as whoever reads it has it. */
export async function writtenModel({
  files,
}: ChangedCheckpoint): Promise<{ checkpoint: Checkpoint; config: Record<string, unknown> }> {
  const bytes = async (name: string) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of files.get(name)!) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const checkpoint = await openSafetensors(bytesSource(await bytes('model.safetensors')));
  const config = JSON.parse((await bytes('config.json')).toString()) as Record<string, unknown>;
  return { checkpoint, config };
}

/** Tensors as a file. */
export function fileOf(tensors: Parameters<typeof writeSafetensors>[0]): Promise<Checkpoint> {
  return openSafetensors(bytesSource(writeSafetensors(tensors)));
}

/** The input of a block as the hidden states of layer 3. */
export async function statesOf(file: Checkpoint): Promise<Checkpoint> {
  const input = await file.read('input');
  return fileOf([tensorData('model.layers.3.mlp', 'F32', input.shape, floatsOf(input))]);
}

/** What a block makes of its input. */
export async function outputOf(
  model: { checkpoint: Checkpoint; config: object },
  family: FamilyName,
  file: Checkpoint,
): Promise<Float32Array> {
  const layer = await loadMixture(model, { family, layer: 3 });
  const input = await file.read('input');
  const output = tf.tidy(() =>
    (layer.apply(tf.tensor2d(floatsOf(input), input.shape as [number, number])) as tf.Tensor).dataSync(),
  );
  layer.dispose();
  return output as Float32Array;
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}
