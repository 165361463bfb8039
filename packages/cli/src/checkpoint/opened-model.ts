import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import type { OpenModel } from '@tfjs-moe/checkpoints';
import { openFolder, readModel } from '@tfjs-moe/checkpoints/node';
import { fileError } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';

/**
 * A checkpoint of the user's.
 * @param path absolute
 * @param written the path as the user wrote it
 * @throws MoeError that says why it cannot be read, or what is wrong in it
 */
export function openedModel(who: string, path: string, written: string): Promise<OpenModel> {
  return told(who, written, () => openFolder(path));
}

/** The same of a model that tfjs has saved. */
export function savedModel(who: string, path: string, written: string): Promise<tf.io.ModelArtifacts> {
  return told(who, written, () => readModel(path));
}

async function told<T>(who: string, written: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { cause = error } = error as Error;
    throw fileError(who, 'the model must be a file or a folder that can be read', written, 'reading', cause);
  }
}

/**
 * A model is not written into the folder that it is read from.
 * @param path of the model, which is there, absolute
 * @param folder absolute
 */
export function expectOtherFolder(who: string, path: string, folder: string, written: string): void {
  const own = statSync(path).isDirectory() ? path : dirname(path);
  if (folder === own) throw new MoeError(who, '--out must be another folder than the model', written);
}
