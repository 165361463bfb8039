import type { OpenModel } from '@tfjs-moe/checkpoints';
import { openFolder } from '@tfjs-moe/checkpoints/node';
import { fileError } from '@tfjs-moe/command-line';

/**
 * A checkpoint of the user's.
 * @param path absolute
 * @param written the path as the user wrote it
 * @throws MoeError that says why it cannot be read, or what is wrong in it
 */
export async function openedModel(who: string, path: string, written: string): Promise<OpenModel> {
  try {
    return await openFolder(path);
  } catch (error) {
    const { cause = error } = error as Error;
    throw fileError(who, 'the model must be a file or a folder that can be read', written, 'reading', cause);
  }
}
