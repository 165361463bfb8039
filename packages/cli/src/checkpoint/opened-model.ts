import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
 * A model is not written into a folder that it is read from, whatever that is called: through a link, in another case. Its
 * files may be links themselves, so that what they lead to must lie elsewhere too. A folder inside the model's is another.
 * @param path of the model, which is there, absolute
 * @param folder absolute
 */
export function expectOtherFolder(who: string, path: string, folder: string, written: string): void {
  const out = statSync(folder, { throwIfNoEntry: false });
  if (out === undefined) return;
  const isFolder = statSync(path).isDirectory();
  const own = isFolder ? path : dirname(path);
  const files = isFolder ? readdirSync(path).map((name) => join(path, name)) : [path];
  const behindLinks = files.flatMap((file) => {
    const isLink = lstatSync(file).isSymbolicLink() && existsSync(file);
    return isLink ? [dirname(realpathSync(file))] : [];
  });
  for (const each of new Set([own, ...behindLinks])) {
    const { dev, ino } = statSync(each);
    if (dev === out.dev && ino === out.ino)
      throw new MoeError(who, '--out must be another folder than the model', written);
  }
}
