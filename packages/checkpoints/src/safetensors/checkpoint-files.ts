import { expectInteger } from '@tfjs-moe/core';
import type { TensorData } from './checkpoint.ts';
import { wrongAt } from './place.ts';
import { type Metadata, safetensorsChunks } from './write-safetensors.ts';

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
  options: CheckpointFilesOptions = {},
): CheckpointFiles {
  const sized = [...tensors].map((tensor) => ({ tensor, name: tensor.name, size: tensor.bytes.length }));
  return filesOf(
    sized,
    options,
    (shard, metadata) =>
      safetensorsChunks(
        shard.map(({ tensor }) => tensor),
        metadata,
      ),
    (index) => [index],
  );
}

/** Tensors of which some bytes are known to come, in files, with what is written into each. */
export function filesOf<T extends { readonly name: string; readonly size: number }, Content>(
  tensors: Iterable<T>,
  { maxShardBytes, metadata = { format: 'pt' } }: CheckpointFilesOptions,
  contentOf: (shard: readonly T[], metadata: Metadata) => Content,
  indexOf: (index: Uint8Array) => Content,
): ReadonlyMap<string, Content> {
  const shards: T[][] = [[]];
  let held = 0;
  let total = 0;
  if (maxShardBytes !== undefined)
    expectInteger('checkpointFiles', 'maxShardBytes', maxShardBytes, { min: 1 });
  for (const tensor of tensors) {
    const { size } = tensor;
    if (held > 0 && held + size > (maxShardBytes ?? Infinity)) {
      shards.push([]);
      held = 0;
    }
    shards.at(-1)!.push(tensor);
    held += size;
    total += size;
  }
  const contents = shards.map((shard) => contentOf(shard, metadata));
  if (contents.length === 1) return new Map([['model.safetensors', contents[0]!]]);
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
    ...contents.map((each, i) => [nameOf(i), each] as const),
    ['model.safetensors.index.json', indexOf(new TextEncoder().encode(index))] as const,
  ]);
}
