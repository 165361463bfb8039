import { type OpenFolder, openFolder } from '@tfjs-moe/checkpoints/node';
import { fileError } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';

/**
 * A checkpoint of the user's, open until it is closed.
 * @param path absolute
 * @param written the path as the user wrote it
 * @throws MoeError that says why it cannot be read, or what is wrong in it
 */
export async function openedModel(who: string, path: string, written: string): Promise<OpenFolder> {
  try {
    return await openFolder(path);
  } catch (cause) {
    if (cause instanceof MoeError) throw cause;
    throw fileError(who, 'the model must be a file or a folder that can be read', written, 'reading', cause);
  }
}
