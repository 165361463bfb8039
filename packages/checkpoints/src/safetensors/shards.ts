import type { ByteSource } from './byte-source.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type JsonObject, parseStrictJson } from './json.ts';
import { openSafetensors } from './open-safetensors.ts';
import { wrongAt } from './place.ts';

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
    readNumbers: async (name, begin, end) => (await shardOf(name)).readNumbers(name, begin, end),
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
