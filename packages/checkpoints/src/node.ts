/** Checkpoints in folders of Node: `@tfjs-moe/checkpoints/node`. */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { makeFolder, streamFiles } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { OpenModel } from './open-model.ts';
import {
  type ByteSource,
  bytesSource,
  type Checkpoint,
  type CheckpointFiles,
  fileSource,
  openSafetensors,
  openShards,
} from './safetensors/index.ts';
import { MODEL_JSON, modelFrom } from './saved/model-files.ts';

const INDEX = 'model.safetensors.index.json';

/**
 * Opens a `.safetensors` file, an index, or a folder with either, and reads the `config.json` beside it where there is one.
 * A file is open only while it is read, so that there is nothing to close; one that was changed in between is refused.
 *
 * @param path of the file or the folder
 * @throws MoeError where nothing can be read, with what the system said as its `cause`
 * @example
 * const moe = await loadMixture(await openFolder('mixtral'), { layer: 3 });
 */
export async function openFolder(path: string): Promise<OpenModel> {
  return named('openFolder', path, () => opened(path));
}

/**
 * Reads a model that `tf.LayersModel.save` has written, without the native backend that `file://` needs: for `io.fromMemory`,
 * for `operateInModel` and `upcycleInModel`.
 *
 * @param path of a `model.json`, or of its folder
 * @throws MoeError where nothing can be read, with what the system said as its `cause`
 * @example
 * const model = await tf.loadLayersModel(tf.io.fromMemory(await readModel('model')));
 */
export async function readModel(path: string): Promise<io.ModelArtifacts> {
  const who = 'readModel';
  return named(who, path, async () => {
    const isFolder = (await stat(path)).isDirectory();
    const file = isFolder ? join(path, MODEL_JSON) : path;
    if (isFolder && !(await isFile(file)))
      throw new MoeError(who, `it is a folder without ${MODEL_JSON}`, path);
    const json = parsed(await readFile(file, 'utf8'));
    return modelFrom(who, json, (name) => readFile(join(dirname(file), name)));
  });
}

/** What the system said, as an error that names who asked and for what. */
async function named<T>(who: string, path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof MoeError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const rule = `the model must be a file or a folder that can be read (${code ?? message})`;
    throw Object.assign(new MoeError(who, rule, path), { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function opened(path: string): Promise<OpenModel> {
  const isFolder = (await stat(path)).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const file = isFolder ? ((await isFile(join(path, INDEX))) ? INDEX : 'model.safetensors') : basename(path);
  if (isFolder && !(await isFile(join(path, file))))
    throw new MoeError('openFolder', `it is a folder without model.safetensors or ${INDEX}`, path);
  const sourceOf = (name: string) => pathSource(join(folder, name), name);
  const checkpoint: Checkpoint = file.endsWith('.json')
    ? await openShards(bytesSource(await readFile(join(folder, file)), file), sourceOf)
    : await openSafetensors(await sourceOf(file));
  return { checkpoint, config: await configIn(folder) };
}

/** A file that is open only while it is read, and must stay the one that it was. */
async function pathSource(path: string, name: string): Promise<ByteSource> {
  const first = await stat(path);
  async function read(begin: number, end: number): Promise<Uint8Array> {
    const handle = await open(path);
    try {
      const { ino, mtimeMs, size } = await handle.stat();
      if (ino !== first.ino || mtimeMs !== first.mtimeMs || size !== first.size)
        throw new MoeError(name, 'the file must stay as it was when it was opened', path);
      return await (await fileSource(handle, name)).read(begin, end);
    } finally {
      await handle.close();
    }
  }
  return { name, size: first.size, read };
}

async function configIn(folder: string): Promise<object | undefined> {
  const path = join(folder, 'config.json');
  if (!(await isFile(path))) return undefined;
  const config = parsed(await readFile(path, 'utf8'));
  if (typeof config === 'object' && config !== null) return config;
  throw new MoeError('openFolder', 'a config must be an object of JSON', path);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Who writes, in errors. */
export interface WriteFolderOptions {
  /** Default `'writeFolder'`. */
  readonly who?: string;
  /** What it is that cannot be written. Default `'the file'`. */
  readonly what?: string;
}

/**
 * Writes the files of a checkpoint into a folder. Each is written under another name, and all are on the disk before the
 * first gets its own: what fails half-way leaves the old files as they were, and a signal that ends the program takes with it
 * what was written.
 *
 * Of a checkpoint that was there before, other shards and an index that the new one does not have go when the new files have
 * their names, for a reader would find the old numbers by them. Other files stay.
 *
 * @param folder is made where it is not there
 * @param files of `saveMixture`, `checkpointFiles`, `modelFiles`, or of `convertCheckpoint`, which are made while they are
 *   written
 * @throws MoeError that says which file and why not
 */
export async function writeFolder(
  folder: string,
  files: CheckpointFiles | ReadonlyMap<string, AsyncIterable<Uint8Array>>,
  { who = 'writeFolder', what = 'the file' }: WriteFolderOptions = {},
): Promise<void> {
  for (const name of files.keys())
    if (basename(name) !== name) throw new MoeError(who, 'files must have bare names', name);
  const at = resolve(folder);
  makeFolder(who, what, at);
  const old = [...files.keys()].some(isOfCheckpoint) ? await readdir(at) : [];
  const obsolete = old.filter((name) => isOfCheckpoint(name) && !files.has(name));
  await streamFiles(
    who,
    [...files].map(([name, chunks]) => ({ path: join(at, name), chunks })),
    { what, obsolete: obsolete.map((name) => join(at, name)) },
  );
}

/** Whether a file is one that a reader of a checkpoint opens, or finds by its index. */
function isOfCheckpoint(name: string): boolean {
  return name === INDEX || /^model(-\d+-of-\d+)?\.safetensors$/.test(name);
}
