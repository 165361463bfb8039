import { expectInteger } from '@tfjs-moe/core';
import type { ByteSource } from './byte-source.ts';
import type { Checkpoint, TensorData } from './checkpoint.ts';
import { type JsonObject, parseStrictJson } from './json.ts';
import { openSafetensors } from './open-safetensors.ts';
import { wrongAt } from './place.ts';
import { type Metadata, safetensorsChunks } from './write-safetensors.ts';

/**
 * Opens a checkpoint of several files by its `model.safetensors.index.json`. A file is opened when the first of its tensors
 * is asked for, and then has to have exactly the tensors that the index gives it.
 *
 * @param index the index itself
 * @param sourceOf a file that the index names, which is a bare file name
 * @throws MoeError for an index that is none, and for a tensor that only one of index and file knows
 */
export async function openShards(
  index: ByteSource,
  sourceOf: (file: string) => ByteSource | Promise<ByteSource>,
): Promise<Checkpoint> {
  const map = weightMap(await index.read(0, index.size), index.name);
  const opened = new Map<string, Promise<Checkpoint>>();

  function open(file: string): Promise<Checkpoint> {
    const known = opened.get(file);
    if (known !== undefined) return known;
    const opening = openShard(file);
    opened.set(file, opening);
    // A failure of the network is not for ever.
    opening.catch(() => opened.delete(file));
    return opening;
  }

  async function openShard(file: string): Promise<Checkpoint> {
    const shard = await openSafetensors(await sourceOf(file));
    const here = [...map].filter(([, of]) => of === file).map(([name]) => name);
    const missing = here.filter((name) => !shard.has(name));
    const surplus = shard.names.filter((name) => map.get(name) !== file);
    if (missing.length + surplus.length === 0) return shard;
    const what = [
      ...missing.map((name) => `${JSON.stringify(name)} is only in the index`),
      ...surplus.map((name) => `${JSON.stringify(name)} is only in the file`),
    ];
    throw wrongAt({ file }, `index and file must have the same tensors: ${what.join(', ')}`);
  }

  function shardOf(name: string): Promise<Checkpoint> {
    const file = map.get(name);
    if (file === undefined) throw wrongAt({ file: index.name }, 'there is no such tensor', name);
    return open(file);
  }

  return Object.freeze<Checkpoint>({
    name: index.name,
    names: [...map.keys()],
    metadata: new Map(),
    has: (name) => map.has(name),
    info: async (name) => (await shardOf(name)).info(name),
    read: async (name) => (await shardOf(name)).read(name),
    readRows: async (name, begin, end) => (await shardOf(name)).readRows(name, begin, end),
  });
}

function weightMap(bytes: Uint8Array, file: string): Map<string, string> {
  const json = parseStrictJson(bytes, { file });
  const map = json instanceof Map ? (json as JsonObject).get('weight_map') : undefined;
  if (!(map instanceof Map)) throw wrongAt({ file }, 'an index must have a weight_map of files by tensor');
  for (const [name, shard] of map as JsonObject) {
    // Nothing outside the checkpoint's own folder.
    const isBare = typeof shard === 'string' && /^[^/\\:]+$/.test(shard) && !/^\.+$/.test(shard);
    if (!isBare) throw wrongAt({ file, tensor: name }, 'its file must be a bare name', String(shard));
  }
  return map as Map<string, string>;
}

/** The files of a checkpoint, each as pieces to be written one after the other. */
export type CheckpointFiles = ReadonlyMap<string, readonly Uint8Array[]>;

/** Options of `checkpointFiles`. */
export interface CheckpointFilesOptions {
  /** The most bytes of tensors in one file; a larger tensor gets one for itself. Default: all in one file. */
  readonly maxShardBytes?: number;
  /** Texts that every file carries. Default `{ format: 'pt' }`, without which transformers refuses a file. */
  readonly metadata?: Metadata;
}

/**
 * Tensors as the files of a checkpoint: `model.safetensors`, or `model-00001-of-00003.safetensors`, ... with their
 * `model.safetensors.index.json`.
 */
export function checkpointFiles(
  tensors: Iterable<TensorData>,
  { maxShardBytes, metadata = { format: 'pt' } }: CheckpointFilesOptions = {},
): CheckpointFiles {
  const shards: TensorData[][] = [[]];
  let held = 0;
  let total = 0;
  if (maxShardBytes !== undefined)
    expectInteger('checkpointFiles', 'maxShardBytes', maxShardBytes, { min: 1 });
  for (const tensor of tensors) {
    const size = tensor.bytes.length;
    if (held > 0 && held + size > (maxShardBytes ?? Infinity)) {
      shards.push([]);
      held = 0;
    }
    shards.at(-1)!.push(tensor);
    held += size;
    total += size;
  }
  const chunks = shards.map((shard) => safetensorsChunks(shard, metadata));
  if (chunks.length === 1) return new Map([['model.safetensors', chunks[0]!]]);
  const digits = (number: number) => String(number).padStart(5, '0');
  const nameOf = (i: number) => `model-${digits(i + 1)}-of-${digits(shards.length)}.safetensors`;
  const places = shards.flatMap((shard, i) => shard.map(({ name }) => [name, nameOf(i)] as const));
  const names = new Set<string>();
  for (const [name] of places) {
    if (names.has(name))
      throw wrongAt({ file: 'checkpointFiles', tensor: name }, 'two tensors have this name');
    names.add(name);
  }
  const members = places
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((place) => place.map((text) => JSON.stringify(text)));
  const map = members.map(([name, file]) => `    ${name}: ${file}`).join(',\n');
  const index = `{\n  "metadata": {\n    "total_size": ${total}\n  },\n  "weight_map": {\n${map}\n  }\n}\n`;
  return new Map([
    ...chunks.map((each, i) => [nameOf(i), each] as const),
    ['model.safetensors.index.json', [new TextEncoder().encode(index)]],
  ]);
}
